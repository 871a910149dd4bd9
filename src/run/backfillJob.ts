import type { Range } from "./ports.ts";
import type { TunedHistory } from "./tunedSettings.ts";

/** The content of a backfill request. Two requests with the same content are the same backfill. */
export interface BackfillRequest extends Range {
  /** Rule ids. For a request to tune, the rules in use, which need not include the one that is tried. */
  readonly rules: readonly string[];
  /** Names of workspaces. */
  readonly workspaces: readonly string[];
  readonly dryRun: boolean;
  /** The rule whose numbers are tried on the history. Nothing is opened. Absent for a backfill. */
  readonly tune?: string;
}

export type PartState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface BackfillCounts {
  readonly rows: number;
  readonly denials: number;
  readonly opened: number;
  readonly updated: number;
}

/** The part of a backfill that concerns one workspace. It is worked off slice by slice. */
export interface BackfillPart {
  readonly workspace: string;
  readonly state: PartState;
  /** Everything before this time (`TimeGenerated`, epoch ms) is done. */
  readonly cursor: number;
  /** Where the part ends (epoch ms). */
  readonly end: number;
  readonly slicesDone: number;
  readonly slices: number;
  readonly counts: BackfillCounts;
  readonly errors: readonly string[];
  /** What every setting would have found. Present for a request to tune, once the part is done. */
  readonly tuned?: TunedHistory;
}

export interface BackfillJob {
  readonly id: string;
  readonly request: BackfillRequest;
  readonly parts: readonly BackfillPart[];
}

/** A part and the version at which it was read. */
export interface VersionedPart {
  readonly part: BackfillPart;
  readonly version: string;
}

/** Stores backfills. */
export interface BackfillJobs {
  /** Returns the unfinished job with the same request, or creates one. */
  begin(request: BackfillRequest, parts: readonly BackfillPart[]): Promise<BackfillJob>;
  read(id: string): Promise<BackfillJob | null>;
  readPart(id: string, workspace: string): Promise<VersionedPart | null>;
  /** @returns the new version, or null if somebody else wrote the part since it was read */
  writePart(id: string, part: BackfillPart, version: string): Promise<string | null>;
}

/** Lets one backfill run at a time, across processes. Finished backfills are forgotten after a while. */
export interface BackfillLane {
  /**
   * Keeps other backfills from running until `until` (epoch ms), or until this one leaves.
   *
   * @returns false if another owner is in the lane
   */
  enterLane(owner: string, now: number, until: number): Promise<boolean>;
  leaveLane(owner: string): Promise<void>;
  /**
   * Forgets jobs that are finished and were requested before `before` (epoch ms). Calls `forget` first, to remove what
   * belongs to a job elsewhere.
   *
   * @returns the number of jobs forgotten
   */
  prune(before: number, forget?: (job: BackfillJob) => Promise<void>): Promise<number>;
}

export function isFinished({ state }: Pick<BackfillPart, "state">): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

/** Returns the state of all parts together. */
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
