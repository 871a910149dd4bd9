import type { Line } from "./case.ts";
import { figureOf, timesAsFast, type Goal } from "./figures.ts";
import type { Raced } from "./rounds.ts";

/** Shows plain times. */
export function inMilliseconds(raced: readonly Raced[]): readonly Line[] {
  return raced.map(({ name, does, ms, peakBytes }) => ({ name, does, figure: ms, peakBytes }));
}

/** Shows times as a speed over that many bytes, in 10⁶ bytes per second. */
export function inMegabytesPerSecond(raced: readonly Raced[], bytes: number): readonly Line[] {
  return raced.map(({ name, does, turns, peakBytes }) => ({
    name,
    does,
    figure: figureOf(turns.map(({ ms }) => bytes / 1e3 / ms)),
    peakBytes,
  }));
}

/** @throws Error if no candidate has that name */
export function named(raced: readonly Raced[], name: string): Raced {
  const found = raced.find((each) => each.name === name);
  if (found === undefined) {
    throw new Error(`no candidate is called ${name}`);
  }
  return found;
}

/** A goal for how many times faster `a` is than `b`. */
export function speedGoal(
  raced: readonly Raced[],
  [a, b]: readonly [string, string],
  must: number,
  goal: number,
): Goal {
  const value = timesAsFast(named(raced, a).ms, named(raced, b).ms);
  return { what: `${a} / ${b}`, value, unit: " ×", better: "more", must, goal };
}

/** A goal for how many times longer the second of two takes than the first. */
export function timeGoal(
  what: string,
  [base, other]: readonly Raced[],
  must: number,
  goal: number | null = null,
): Goal {
  const value = (other?.ms.median ?? NaN) / (base?.ms.median ?? NaN);
  return { what, value, unit: " ×", better: "less", must, goal };
}
