import type { Line } from "./case.ts";
import { figureOf } from "./figures.ts";
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
