import type { Figure, Goal } from "./figures.ts";

export interface Extent {
  readonly quick: boolean;
  readonly rounds: number;
}

/** One line of a case's table. */
export interface Line {
  readonly name: string;
  readonly does: string;
  /** In the unit of the table. */
  readonly figure: Figure;
  readonly peakBytes: number | null;
}

export interface CaseResult {
  readonly title: string;
  /** The unit of the lines' numbers: "MB/s", "ms". */
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Additional counts, one column each. */
  readonly facts?: readonly Readonly<Record<string, string | number>>[];
  readonly goals: readonly Goal[];
  /** Problems that make the whole bench fail. */
  readonly mismatches: readonly string[];
}

export interface Case {
  readonly name: string;
  /** Runs only if named, because it compares nothing. */
  readonly onDemand?: boolean;
  readonly run: (extent: Extent) => Promise<readonly CaseResult[]>;
}
