import { timeAt } from "../prompts/columns.ts";
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
  extentOf: (_, first, last) => ({ from: first, to: last }),
  fitsWindow: (windowMs, first, last) => last - first <= windowMs,
  longestGap: (windowMs) => windowMs,
  silence: 1,
};
