import type { Fields } from "../detection/fields.ts";
import { decideTouched, type Sending } from "./decideTouched.ts";
import { deliverClaimed } from "./deliverDue.ts";
import type { Detector } from "./detector.ts";
import type { LogQuery, Range } from "./ports.ts";
import { halve, readWhole } from "./readWhole.ts";
import { touch, TouchedAccounts } from "./touched.ts";
import { noteDecisions, type Work } from "./work.ts";

/** Length of a step: a page for a large tenant, and few queries after a long outage. */
const longestStep = 6 * 3_600_000;

const always: Range = { from: -Infinity, to: Infinity };

export interface Sweep {
  readonly by: LogQuery["by"];
  readonly range: Range;
  /** Only denials that happened in this range are looked at; absent: all. */
  readonly happenedIn?: Range;
  /** Whom something else than a denial, published in a step, makes worth a look. */
  readonly alsoTouched?: (step: Range) => Promise<TouchedAccounts>;
}

/**
 * The one way from the log to incidents: for runs on schedule, for catching up, for the daily second look
 * and for backfills. Goes over a range in steps, oldest first; a step that is too much for one answer is
 * halved. When a step is given out, all of it is decided and recorded, and what could be sent is sent.
 *
 * @returns by iteration, the end of each step; the last one is before the end of the range when the service
 *   could not have known all of it yet
 */
export async function* sweep(
  detector: Detector,
  { by, range, happenedIn = always, alsoTouched }: Sweep,
  sending: Sending,
  work: Work,
  signal: AbortSignal,
): AsyncGenerator<number> {
  let length = longestStep;
  let from = range.from;
  while (from < range.to) {
    signal.throwIfAborted();
    const wanted = { from, to: Math.min(from + length, range.to) };
    const step = await readStep(detector, { by, range: wanted, users: null, shard: null }, signal);
    const touched = (await alsoTouched?.(step.range)) ?? new TouchedAccounts();
    work.denials += touch(step.rows, detector.rules, happenedIn, work.counts, touched);
    const decided = await decideTouched(detector, touched.list(), sending, signal);
    noteDecisions(work, decided);
    await deliverClaimed(detector, decided.claimed, sending, work);
    if (step.range.to <= from) {
      return;
    }
    from = step.range.to;
    yield from;
    length = Math.min(longestStep, 2 * (step.asked.to - step.asked.from));
  }
}

interface Step {
  readonly rows: readonly Fields[];
  /** What the answer is known to hold whole. */
  readonly range: Range;
  readonly asked: Range;
}

async function readStep(
  { source, ingestionSafetyMs }: Pick<Detector, "source" | "ingestionSafetyMs">,
  query: LogQuery,
  signal: AbortSignal,
): Promise<Step> {
  const answer = await source.candidates(query, signal);
  const { from, to } = query.range;
  if (answer.kind === "whole") {
    // The service's clock counts as well as ours: one that runs ahead would step over rows to come.
    const known = Math.floor(answer.servedAt) - ingestionSafetyMs;
    const end = query.by === "published" ? Math.min(to, known) : to;
    return { rows: answer.rows, range: { from, to: end }, asked: query.range };
  }
  const [first, second] = halve(query, answer.reason);
  if (first.shard === null) {
    return readStep({ source, ingestionSafetyMs }, first, signal);
  }
  const ask = (part: LogQuery) => source.candidates(part, signal);
  const rows = [...(await readWhole(ask, first)), ...(await readWhole(ask, second))];
  return { rows, range: query.range, asked: query.range };
}
