import type { Range } from "./ports.ts";

/** What a backfill is asked to do. Two requests with the same content are the same backfill. */
export interface BackfillRequest extends Range {
  /** Rule ids. */
  readonly rules: readonly string[];
  /** Names of workspaces. */
  readonly workspaces: readonly string[];
  readonly dryRun: boolean;
}

export type PartState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface BackfillCounts {
  readonly rows: number;
  readonly denials: number;
  readonly opened: number;
  readonly updated: number;
}

/** The share of one workspace in a backfill, worked off slice by slice. */
export interface BackfillPart {
  readonly workspace: string;
  readonly state: PartState;
  /** Everything before (TimeGenerated, epoch ms) is done. */
  readonly cursor: number;
  /** Where it ends. */
  readonly end: number;
  readonly slicesDone: number;
  readonly slices: number;
  readonly counts: BackfillCounts;
  readonly errors: readonly string[];
}

export interface BackfillJob {
  readonly id: string;
  readonly request: BackfillRequest;
  readonly parts: readonly BackfillPart[];
}

/** A part with the version that it was read at. */
export interface VersionedPart {
  readonly part: BackfillPart;
  readonly version: string;
}

/** Remembers backfills. */
export interface BackfillJobs {
  /** The unfinished job with this very request, else a new one. */
  begin(request: BackfillRequest, parts: readonly BackfillPart[]): Promise<BackfillJob>;
  read(id: string): Promise<BackfillJob | null>;
  readPart(id: string, workspace: string): Promise<VersionedPart | null>;
  /** @returns the new version, or null when somebody else wrote the part since it was read */
  writePart(id: string, part: BackfillPart, version: string): Promise<string | null>;
}

/** Backfills run one at a time, in whatever process, and are forgotten some time after. */
export interface BackfillLane {
  /**
   * Keeps other backfills from running until `until` (epoch ms), or until it is left.
   *
   * @returns false while another owner is in it
   */
  enterLane(owner: string, now: number, until: number): Promise<boolean>;
  leaveLane(owner: string): Promise<void>;
  /** Forgets jobs that are finished and were asked for before `before` (epoch ms). @returns how many */
  prune(before: number): Promise<number>;
}

export function isFinished({ state }: Pick<BackfillPart, "state">): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

/** What can be said of all parts together. */
export function stateOf(parts: readonly BackfillPart[]): PartState {
  const states = new Set(parts.map(({ state }) => state));
  const only = states.size === 1 ? [...states][0] : undefined;
  if (only !== undefined) {
    return only;
  }
  if (!parts.every(isFinished)) {
    return "running";
  }
  return states.has("failed") ? "failed" : "cancelled";
}
