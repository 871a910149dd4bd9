import type { Rule } from "../rules/rule.ts";

/** Epoch milliseconds; a sliding rule includes `to`, a tumbling one does not. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

export function overlaps(a: Extent, b: Extent): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** The parts of a rule that its window needs. */
export type Windowing = Pick<Rule, "kind" | "windowMs" | "threshold">;

/**
 * Takes one streak: the denials from index `start` up to, but not including, `end`. `trigger` is the index of the
 * denial with which a window first reached the threshold, -1 if none did.
 */
type TakeStreak = (start: number, end: number, trigger: number) => void;

/** The times of one account: those from index `from` up to, but not including, `to`, in ascending order. */
export interface Times {
  readonly times: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** Takes one streak that fires at a threshold. The other parameters are those of `TakeStreak`. */
type TakeFired = (threshold: number, start: number, end: number, trigger: number) => void;

/** Calls `take` for each streak that fires, at each threshold that it reaches. */
type Sweep = (denials: Times, take: TakeFired) => void;

/** Everything the detector knows about one kind of window. */
export interface WindowKind {
  /** Calls `take` for each streak, oldest first. Linear. */
  readonly cut: (rule: Windowing, denials: Times, take: TakeStreak) => void;
  /** Returns a function that finds in one pass what `cut` fires on at each threshold up to `most`. Create it once. */
  readonly sweep: (windowMs: number, most: number) => Sweep;
  /** The extent of a streak, given its first and last denial. */
  readonly extentOf: (windowMs: number, first: number, last: number) => Extent;
  /** Whether one window can contain both denials. */
  readonly fitsWindow: (windowMs: number, first: number, last: number) => boolean;
  /** The longest gap between two extents that are still one burst, in milliseconds. */
  readonly longestGap: (windowMs: number) => number;
  /** How far beyond an extent to look before its silence is certain, in windows. */
  readonly silence: number;
}
