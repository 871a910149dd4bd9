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
  /** What the numbers of the lines are: "MB/s", "ms". */
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Counts that go with them, a column each. */
  readonly facts?: readonly Readonly<Record<string, string | number>>[];
  readonly goals: readonly Goal[];
  /** What makes the whole bench fail. */
  readonly mismatches: readonly string[];
}

export interface Case {
  readonly name: string;
  /** Only where it is named: it compares nothing. */
  readonly onDemand?: boolean;
  readonly run: (extent: Extent) => Promise<readonly CaseResult[]>;
}
