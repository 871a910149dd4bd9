import { timeAt } from "../prompts/columns.ts";
import type { Prompt } from "../prompts/prompt.ts";
import { extentOf, windowKind } from "./windowKinds.ts";
import type { Extent, Windowing } from "./windowing.ts";

/** Denials of one user that belong together; a burst if they reached the threshold. */
export interface Streak {
  /** Oldest first. */
  readonly denials: readonly Prompt[];
  readonly extent: Extent;
  /** When the threshold was first reached; null if it was not. */
  readonly triggeredAt: number | null;
}

/**
 * Returns the streaks of one user's denials. A sliding rule returns all of them, fired or not; a tumbling rule only
 * those that fired.
 *
 * @param denials oldest first
 */
export function findStreaks(rule: Windowing, denials: readonly Prompt[]): readonly Streak[] {
  const times = timesOf(denials);
  const streaks: Streak[] = [];
  windowKind(rule).cut(rule, { times, from: 0, to: times.length }, (start, end, trigger) => {
    streaks.push({
      denials: denials.slice(start, end),
      extent: extentOf(rule, timeAt(times, start), timeAt(times, end - 1)),
      triggeredAt: trigger < 0 ? null : timeAt(times, trigger),
    });
  });
  return streaks;
}

/** The denials in one window of a rule: their number, and the times of the first and last. */
export interface Density {
  readonly denials: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the window with the most denials, or the earliest of several. It shows how close a rule came to firing.
 * Linear.
 *
 * @param denials oldest first
 * @returns null if there are none
 */
export function densestWindow(rule: Windowing, denials: readonly Prompt[]): Density | null {
  const { windowMs } = rule;
  const { fitsWindow } = windowKind(rule);
  const times = timesOf(denials);
  let start = 0;
  let best: Density | null = null;
  for (const [index, at] of times.entries()) {
    // Stops at `index`, because a denial always shares a window with itself.
    while (!fitsWindow(windowMs, timeAt(times, start), at)) {
      start++;
    }
    if (best === null || index + 1 - start > best.denials) {
      best = { denials: index + 1 - start, from: timeAt(times, start), to: at };
    }
  }
  return best;
}

function timesOf(denials: readonly Prompt[]): Float64Array {
  return Float64Array.from(denials, ({ at }) => at);
}
