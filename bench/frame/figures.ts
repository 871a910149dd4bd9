/** The results of several rounds as one number, and how far it can be trusted. */
export interface Figure {
  readonly median: number;
  /** From the lowest to the highest value, as a share of the median. */
  readonly spread: number;
}

/** @param values at least one */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, spread: median === 0 ? 0 : (at(sorted.length - 1) - at(0)) / median };
}

/** A value and its goal. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Whether more is better, or less. */
  readonly better: "more" | "less";
  readonly must: number;
  /** Null if there is no goal beyond `must`. */
  readonly goal: number | null;
}

export type Verdict = "goal met" | "must met" | "MUST MISSED";

export function verdictOf({ value, better, must, goal }: Goal): Verdict {
  const reaches = (bar: number) => (better === "more" ? value >= bar : value <= bar);
  if (!reaches(must)) {
    return "MUST MISSED";
  }
  return goal === null || reaches(goal) ? "goal met" : "must met";
}

/** How many times faster `a` is than `b`, by the medians of their times. */
export function timesAsFast(a: Figure, b: Figure): number {
  return b.median / a.median;
}
