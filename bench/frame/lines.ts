import type { Line } from "./case.ts";
import { figureOf, timesAsFast, type Goal } from "./figures.ts";
import type { Raced } from "./rounds.ts";

/** Times as they are. */
export function inMilliseconds(raced: readonly Raced[]): readonly Line[] {
  return raced.map(({ name, does, ms, peakBytes }) => ({ name, does, figure: ms, peakBytes }));
}

/** Times as a speed over that many bytes, in 10⁶ bytes a second. */
export function inMegabytesPerSecond(raced: readonly Raced[], bytes: number): readonly Line[] {
  return raced.map(({ name, does, turns, peakBytes }) => ({
    name,
    does,
    figure: figureOf(turns.map(({ ms }) => bytes / 1e3 / ms)),
    peakBytes,
  }));
}

/** @throws where nobody has that name */
export function named(raced: readonly Raced[], name: string): Raced {
  const found = raced.find((each) => each.name === name);
  if (found === undefined) {
    throw new Error(`nobody is called ${name}`);
  }
  return found;
}

/** How many times as fast `a` is as `b`. */
export function speedGoal(
  raced: readonly Raced[],
  [a, b]: readonly [string, string],
  must: number,
  goal: number,
): Goal {
  const value = timesAsFast(named(raced, a).ms, named(raced, b).ms);
  return { what: `${a} / ${b}`, value, unit: " ×", better: "more", must, goal };
}

/** How many times as long the second of two takes as the first. */
export function timeGoal(
  what: string,
  [base, other]: readonly Raced[],
  must: number,
  goal: number | null = null,
): Goal {
  const value = (other?.ms.median ?? NaN) / (base?.ms.median ?? NaN);
  return { what, value, unit: " ×", better: "less", must, goal };
}
