import { numberAt, timeAt } from "../prompts/columns.ts";
import type { WindowKind } from "./windowing.ts";

/** Buckets aligned to the epoch. Only those that reach the threshold count; adjoining ones are one streak. */
export const tumbling: WindowKind = {
  cut({ windowMs, threshold }, { times, from, to }, take) {
    // The buckets joined so far; none at first.
    let joinedFrom = from;
    let joinedTo = from;
    let lastBucket = NaN;
    const takeJoined = () => {
      if (joinedFrom < joinedTo) {
        // The first bucket fired, so its threshold-th denial is the trigger.
        take(joinedFrom, joinedTo, joinedFrom + threshold - 1);
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
          joinedFrom = start;
        }
        joinedTo = end;
        lastBucket = bucket;
      }
      start = end;
    }
    takeJoined();
  },
  sweep(windowMs, most) {
    // By threshold, as in `cut`.
    const joinedFrom = new Uint32Array(most + 1);
    const joinedTo = new Uint32Array(most + 1);
    const lastBucket = new Float64Array(most + 1);
    return ({ times, from, to }, take) => {
      let fullest = 0;
      const takeJoined = (threshold: number) => {
        const start = numberAt(joinedFrom, threshold);
        take(threshold, start, numberAt(joinedTo, threshold), start + threshold - 1);
      };
      for (let start = from; start < to;) {
        const bucket = bucketOf(timeAt(times, start), windowMs);
        let end = start + 1;
        while (end < to && bucketOf(timeAt(times, end), windowMs) === bucket) {
          end++;
        }
        const reached = Math.min(end - start, most);
        for (let threshold = 1; threshold <= reached; threshold++) {
          const isFirst = threshold > fullest;
          if (isFirst || bucket - timeAt(lastBucket, threshold) > 1) {
            if (!isFirst) {
              takeJoined(threshold);
            }
            joinedFrom[threshold] = start;
          }
          joinedTo[threshold] = end;
          lastBucket[threshold] = bucket;
        }
        fullest = Math.max(fullest, reached);
        start = end;
      }
      for (let threshold = 1; threshold <= fullest; threshold++) {
        takeJoined(threshold);
      }
    };
  },
  extentOf: (windowMs, first, last) => ({
    from: bucketOf(first, windowMs) * windowMs,
    to: (bucketOf(last, windowMs) + 1) * windowMs,
  }),
  fitsWindow: (windowMs, first, last) => bucketOf(first, windowMs) === bucketOf(last, windowMs),
  longestGap: () => 0,
  silence: 2,
};

function bucketOf(at: number, windowMs: number): number {
  return Math.floor(at / windowMs);
}
