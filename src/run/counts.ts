import {
  setAsideReasons,
  type Classified,
  type SetAsideReason,
} from "../detection/signin/classify.ts";

/** What became of the rows of one read: `rows` = `classified` + every `setAside` + `badRecords`. */
export interface Counts {
  rows: number;
  classified: number;
  readonly setAside: Record<SetAsideReason, number>;
  badRecords: number;
  /** Classified rows whose texts explain nothing; part of `classified`. */
  unclassified: number;
}

export function noCounts(): Counts {
  return {
    rows: 0,
    classified: 0,
    setAside: {
      notCandidate: 0,
      nonInteractive: 0,
      excluded: 0,
      unattributable: 0,
      notYetPublished: 0,
    },
    badRecords: 0,
    unclassified: 0,
  };
}

export function countRow(counts: Counts, row: Classified): void {
  counts.rows++;
  switch (row.kind) {
    case "classified":
      counts.classified++;
      counts.unclassified += row.unclassified ? 1 : 0;
      break;
    case "setAside":
      counts.setAside[row.reason]++;
      break;
    case "bad":
      counts.badRecords++;
      break;
  }
}

/** Counts rows that a search knows to have no denial, without looking at each. */
export function countPassed(counts: Counts, rows: number): void {
  counts.rows += rows;
  counts.setAside.notCandidate += rows;
}

export function addCounts(counts: Counts, more: Counts): void {
  counts.rows += more.rows;
  counts.classified += more.classified;
  counts.badRecords += more.badRecords;
  counts.unclassified += more.unclassified;
  for (const reason of setAsideReasons) {
    counts.setAside[reason] += more.setAside[reason];
  }
}

/** Counts a record that could not be read at all. */
export function countUnreadable(counts: Counts): void {
  counts.rows++;
  counts.badRecords++;
}

export function accountedFor(counts: Counts): number {
  return setAsideReasons.reduce(
    (sum, reason) => sum + counts.setAside[reason],
    counts.classified + counts.badRecords,
  );
}
