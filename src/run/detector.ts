import type { Rule } from "../detection/rules/rule.ts";
import type { ContextSource } from "./contextSource.ts";
import type { Clock, IncidentSink, Log, SignInSource, StateStore } from "./ports.ts";

/** The parts that detect in one workspace, and its settings. Durations are in milliseconds. */
export interface Detector {
  readonly workspaceId: string;
  readonly rules: readonly Rule[];
  readonly source: SignInSource;
  /** Where to look up the context of findings. Null or absent: nowhere. */
  readonly context?: ContextSource | null;
  readonly store: StateStore;
  /** In a dry run one that lists what would have been opened, and sends nothing. */
  readonly sinks: readonly IncidentSink[];
  readonly clock: Clock;
  readonly log: Log;
  readonly ingestionSafetyMs: number;
  readonly initialLookbackMs: number;
  readonly approvalLatenessMs: number;
  readonly retentionMs: number;
  readonly maxIncidentsPerRun: number;
}
