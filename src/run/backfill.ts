import {
  isFinished,
  type BackfillCounts,
  type BackfillJobs,
  type BackfillPart,
  type BackfillRequest,
} from "./backfillJob.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Detector } from "./detector.ts";
import { silenceOf } from "./familyView.ts";
import { newSendBudget } from "./sendBudget.ts";
import { publicationLag } from "./readAround.ts";
import { sweep } from "./sweep.ts";
import { UpstreamError } from "./upstreamError.ts";
import { noTotals, type RunTotals } from "./runTotals.ts";

/** For progress only. The actual steps may be shorter. */
const sliceLength = 6 * 3_600_000;

/** How many pages wait while earlier ones are judged, some 10 MB each. */
const pagesAhead = 3;

/** How long before their publication most rows of a page happened, and the streaks that they belong to (ms). */
const usualLag = 3_600_000;

/** How many times the average load a busy hour has. */
const busyHours = 2;

/** The number of error messages kept for a part. */
const mostErrors = 20;

/** Returns the parts of a request before any work is done. */
export function planParts(request: BackfillRequest, now: number): readonly BackfillPart[] {
  // The publication times of rows reach further than the requested range.
  const cursor = request.from - publicationLag.before;
  const end = Math.min(request.to + publicationLag.after, now);
  return request.workspaces.map((workspace) => ({
    workspace,
    state: "queued",
    cursor,
    end,
    slicesDone: 0,
    slices: Math.max(1, Math.ceil((end - cursor) / sliceLength)),
    counts: { rows: 0, denials: 0, opened: 0, updated: 0 },
    errors: [],
  }));
}

export interface BackfillStep {
  readonly id: string;
  readonly request: BackfillRequest;
  readonly workspace: string;
  /** No page is read after this time (epoch ms), but what was read is judged. */
  readonly until: number;
}

/**
 * Works on a part until its time is up and records its cursor after each slice. If somebody else writes the part,
 * because they work on it or cancelled it, this call stops at its next slice. Writes one log line.
 *
 * @returns whether there is more to do
 */
export async function stepBackfill(
  detector: Detector,
  jobs: BackfillJobs,
  { id, request, workspace, until }: BackfillStep,
  signal: AbortSignal,
): Promise<boolean> {
  const held = await jobs.readPart(id, workspace);
  if (held === null || isFinished(held.part)) {
    return false;
  }
  let { version } = held;
  const before = held.part;
  const start = request.from - publicationLag.before;
  const work = noTotals();
  const save = async (change: Partial<BackfillPart>): Promise<boolean> => {
    const stored = await jobs.writePart(id, { ...progressed(before, work), ...change }, version);
    version = stored ?? version;
    return stored !== null;
  };
  const range = { from: before.cursor, to: before.end };
  const happenedIn = { from: request.from, to: request.to };
  const sending = newSendBudget(detector, "backfill");
  const reached = (cursor: number): Partial<BackfillPart> =>
    cursor >= range.to
      ? { state: "done", cursor, slicesDone: before.slices }
      : { cursor, slicesDone: Math.floor((cursor - start) / sliceLength) };
  let cursor = range.from;
  try {
    for await (const { to } of sweep(
      detector,
      {
        by: "generated",
        range,
        happenedIn,
        rowsPerMs: rowsPerMs(before, start),
        until,
        recall: recallOf(detector.rules),
        pagesAhead,
      },
      sending,
      work,
      signal,
    )) {
      cursor = to;
      if (!(await save(reached(cursor)))) {
        return false;
      }
    }
  } catch (error) {
    const problem = problemOf(error);
    const { errors } = progressed(before, work);
    // A service that is busy for hours gives the same message each time.
    const isKnown = isBusy(error) && errors.at(-1) === problem;
    const told = isKnown ? errors : lastOf([...errors, problem]);
    // The state itself may have failed; the error thrown below says so.
    await save({ ...reached(cursor), errors: told }).catch(() => undefined);
    throw error;
  } finally {
    detector.log.info("backfill step", { id, workspace, from: range.from, to: cursor, ...work });
  }
  return cursor < range.to;
}

/** Returns how long before a step to read, so that few accounts at its beginning have to be read around (ms). */
function recallOf(rules: readonly Rule[]): number {
  const margins = rules.map((rule) => silenceOf(rule) * rule.windowMs);
  return publicationLag.before + usualLag + Math.max(0, ...margins);
}

/** Returns how many rows a busy hour may have, by the average of the part so far; null at its beginning. */
function rowsPerMs({ cursor, counts }: BackfillPart, start: number): number | null {
  return cursor > start ? (busyHours * counts.rows) / (cursor - start) : null;
}

function problemOf(error: unknown): string {
  const problem = error instanceof Error ? error.message : String(error);
  return isBusy(error) ? `${problem}: it continues later` : problem;
}

/** Reports whether a service was too busy for a request. Nothing is wrong, and the step can be done later. */
export function isBusy(error: unknown): boolean {
  return error instanceof UpstreamError && error.isBusy;
}

/** Returns a part after more work. The caller sets the cursor once the work is recorded. */
function progressed(part: BackfillPart, work: RunTotals): BackfillPart {
  const errors = lastOf([...part.errors, ...notesOf(work)]);
  return { ...part, state: "running", counts: add(part.counts, work), errors };
}

function lastOf(errors: readonly string[]): readonly string[] {
  return errors.slice(-mostErrors);
}

function add(counts: BackfillCounts, work: RunTotals): BackfillCounts {
  return {
    rows: counts.rows + work.counts.rows,
    denials: counts.denials + work.denials,
    opened: counts.opened + work.opened,
    updated: counts.updated + work.updated,
  };
}

function notesOf({ reasons, errors }: RunTotals): readonly string[] {
  const beyond = reasons["beyond-retention"] ?? 0;
  return beyond > 0
    ? [...errors, `${beyond} bursts begin beyond the retention of the state and were not opened`]
    : errors;
}

/** Ends a part, even while somebody is working on it. @returns false if it was finished already */
export async function endPart(
  jobs: BackfillJobs,
  id: string,
  workspace: string,
  state: "failed" | "cancelled",
  reason?: string,
): Promise<boolean> {
  for (;;) {
    const held = await jobs.readPart(id, workspace);
    if (held === null || isFinished(held.part)) {
      return false;
    }
    const errors = lastOf(reason === undefined ? held.part.errors : [...held.part.errors, reason]);
    if ((await jobs.writePart(id, { ...held.part, state, errors }, held.version)) !== null) {
      return true;
    }
  }
}
