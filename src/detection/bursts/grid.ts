import type { WindowKindName } from "../rules/rule.ts";
import { windowKind } from "./windowKinds.ts";
import type { Times, Windowing } from "./windowing.ts";

/** Settings to try: every combination of a kind of window, a length and a threshold from 1 to `mostDenials`. */
export interface Grid {
  readonly kinds: readonly WindowKindName[];
  readonly windowsMs: readonly number[];
  readonly mostDenials: number;
}

/** Returns the settings of a grid. The number of a cell is its index in this list. */
export function cellsOf({ kinds, windowsMs, mostDenials }: Grid): readonly Windowing[] {
  return kinds.flatMap((kind) =>
    windowsMs.flatMap((windowMs) =>
      Array.from({ length: mostDenials }, (_, index) => ({ kind, windowMs, threshold: index + 1 })),
    ),
  );
}

/** Takes one burst of a cell: the denials from index `start` up to, but not including, `end`. */
type TakeInCell = (cell: number, start: number, end: number, trigger: number) => void;

/** Calls `take` for each burst of each cell. */
export type GridSweep = (denials: Times, take: TakeInCell) => void;

/**
 * Returns a function that finds the bursts of all cells: those that `findStreaks` finds with each cell's numbers. It
 * makes one pass over an account's denials for each kind and length of window, whatever the number of thresholds.
 * Create it once for many accounts.
 */
export function sweepGrid({ kinds, windowsMs, mostDenials }: Grid): GridSweep {
  const sweeps = kinds.flatMap((kind) =>
    windowsMs.map((windowMs) => windowKind({ kind }).sweep(windowMs, mostDenials)),
  );
  return (denials, take) => {
    for (const [index, sweep] of sweeps.entries()) {
      // The threshold 1 is the first cell of its window.
      const before = index * mostDenials - 1;
      sweep(denials, (threshold, start, end, trigger) =>
        take(before + threshold, start, end, trigger),
      );
    }
  };
}
