import { timeAt } from "../prompts/columns.ts";
import type { Rule } from "../rules/rule.ts";

/** Epoch milliseconds; `to` belongs to it for a sliding rule and not for buckets. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

export type Windowing = Pick<Rule, "kind" | "windowMs" | "threshold">;

/**
 * Is told of one run: the denials from index `start` up to and without `end`. `trigger` is the index of the
 * one with which a window first held the threshold, -1 where none did.
 */
type TakeRun = (start: number, end: number, trigger: number) => void;

/**
 * Cuts the denials of one account into runs. All that the detector knows of windows is here and in
 * `densestSpan`. Linear.
 *
 * @param times epoch milliseconds; from index `from` up to and without `to` never falling
 * @param take told of each run, oldest first. Sliding: all runs between silences longer than the window,
 *   fired or not; tumbling: the groups of adjoining buckets that fired
 */
export function cutRuns(
  rule: Windowing,
  times: Float64Array,
  from: number,
  to: number,
  take: TakeRun,
): void {
  if (rule.kind === "sliding") {
    cutAtSilences(rule, times, from, to, take);
  } else {
    joinBuckets(rule, times, from, to, take);
  }
}

function cutAtSilences(
  { windowMs, threshold }: Windowing,
  times: Float64Array,
  from: number,
  to: number,
  take: TakeRun,
): void {
  let start = from;
  let trigger = -1;
  let last = timeAt(times, from);
  for (let index = from; index < to; index++) {
    const at = timeAt(times, index);
    if (at - last > windowMs) {
      take(start, index, trigger);
      start = index;
      trigger = -1;
    }
    last = at;
    const first = index - threshold + 1;
    if (trigger < 0 && first >= start && at - timeAt(times, first) <= windowMs) {
      trigger = index;
    }
  }
  if (start < to) {
    take(start, to, trigger);
  }
}

function joinBuckets(
  { windowMs, threshold }: Windowing,
  times: Float64Array,
  from: number,
  to: number,
  take: TakeRun,
): void {
  // The buckets that are joined so far; none at first.
  let runStart = from;
  let runEnd = from;
  let lastBucket = NaN;
  const takeJoined = () => {
    if (runStart < runEnd) {
      // Their first bucket fired, so its threshold-th denial is the first one to reach it.
      take(runStart, runEnd, runStart + threshold - 1);
    }
  };
  for (let start = from; start < to;) {
    const bucket = bucketOf(timeAt(times, start), windowMs);
    let end = start + 1;
    while (end < to && bucketOf(timeAt(times, end), windowMs) === bucket) {
      end++;
    }
    if (end - start >= threshold) {
      const adjoins = bucket - lastBucket <= 1;
      if (!adjoins) {
        takeJoined();
        runStart = start;
      }
      runEnd = end;
      lastBucket = bucket;
    }
    start = end;
  }
  takeJoined();
}

/** What a run reaches over, by its first and its last denial. */
export function extentOf({ kind, windowMs }: Windowing, first: number, last: number): Extent {
  return kind === "sliding"
    ? { from: first, to: last }
    : {
        from: bucketOf(first, windowMs) * windowMs,
        to: (bucketOf(last, windowMs) + 1) * windowMs,
      };
}

/**
 * The window that holds the most denials, the earliest of equal ones.
 *
 * @param times epoch milliseconds, never falling
 * @returns indices, without `end`; both 0 where there are no denials
 */
export function densestSpan(
  rule: Windowing,
  times: Float64Array,
): { readonly start: number; readonly end: number } {
  let start = 0;
  let best = { start, end: 0 };
  for (const [index, at] of times.entries()) {
    // Ends at `index` at the latest: a denial is in one window with itself.
    while (!isOneWindow(rule, timeAt(times, start), at)) {
      start++;
    }
    if (index + 1 - start > best.end - best.start) {
      best = { start, end: index + 1 };
    }
  }
  return best;
}

function isOneWindow({ kind, windowMs }: Windowing, first: number, last: number): boolean {
  return kind === "sliding"
    ? last - first <= windowMs
    : bucketOf(first, windowMs) === bucketOf(last, windowMs);
}

function bucketOf(at: number, windowMs: number): number {
  return Math.floor(at / windowMs);
}
