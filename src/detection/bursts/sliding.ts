import { numberAt, timeAt } from "../prompts/columns.ts";
import type { WindowKind } from "./windowing.ts";

/** A gap longer than the window ends a streak; a streak fires when some window in it reaches the threshold. */
export const sliding: WindowKind = {
  cut({ windowMs, threshold }, { times, from, to }, take) {
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
  },
  sweep(windowMs, most) {
    const triggers = new Uint32Array(most + 1);
    return ({ times, from, to }, take) => {
      let start = from;
      // The most denials in one window of the streak so far, at most `most`.
      let densest = 0;
      let last = timeAt(times, from);
      for (let index = from; index <= to; index++) {
        const at = timeAt(times, index);
        // False at the end, where there is no time.
        const goesOn = index < to && at - last <= windowMs;
        if (!goesOn) {
          for (let threshold = 1; threshold <= densest; threshold++) {
            take(threshold, start, index, numberAt(triggers, threshold));
          }
          start = index;
          densest = 0;
        }
        last = at;
        // One more denial makes a window denser by one at most.
        const first = index - densest;
        if (densest < most && first >= start && at - timeAt(times, first) <= windowMs) {
          densest++;
          triggers[densest] = index;
        }
      }
    };
  },
  extentOf: (_, first, last) => ({ from: first, to: last }),
  fitsWindow: (windowMs, first, last) => last - first <= windowMs,
  longestGap: (windowMs) => windowMs,
  silence: 1,
};
