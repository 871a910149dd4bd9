import { timeAt } from "../prompts/columns.ts";
import type { Prompt } from "../prompts/prompt.ts";
import { cutRuns, densestSpan, extentOf, type Extent, type Windowing } from "./windowing.ts";

/** Denials of one user that belong together; a burst when they fired. */
export interface Run {
  /** Oldest first. */
  readonly denials: readonly Prompt[];
  readonly extent: Extent;
  /** When the threshold was first reached; null where it was not. */
  readonly triggeredAt: number | null;
}

/**
 * The runs of one user's denials; see `cutRuns`.
 *
 * @param denials oldest first
 */
export function findRuns(rule: Windowing, denials: readonly Prompt[]): readonly Run[] {
  const times = timesOf(denials);
  const runs: Run[] = [];
  cutRuns(rule, times, 0, times.length, (start, end, trigger) => {
    runs.push({
      denials: denials.slice(start, end),
      extent: extentOf(rule, timeAt(times, start), timeAt(times, end - 1)),
      triggeredAt: trigger < 0 ? null : timeAt(times, trigger),
    });
  });
  return runs;
}

/** The denials of one window of a rule: how many, and when the first and the last of them were. */
export interface Density {
  readonly denials: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The window that holds the most denials, the earliest of equal ones: how near a rule came to firing.
 *
 * @param denials oldest first
 * @returns null where there are none
 */
export function densestWindow(rule: Windowing, denials: readonly Prompt[]): Density | null {
  const times = timesOf(denials);
  const { start, end } = densestSpan(rule, times);
  return end === start
    ? null
    : { denials: end - start, from: timeAt(times, start), to: timeAt(times, end - 1) };
}

function timesOf(denials: readonly Prompt[]): Float64Array {
  return Float64Array.from(denials, ({ at }) => at);
}
