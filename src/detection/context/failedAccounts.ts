import type { FailedSignIns, Names } from "./rows.ts";

/** An account whose rows all have the same names, and notes about it that are valid for one question at a time. */
export interface FailedAccount {
  /** Its names, by their numbers. */
  readonly names: readonly number[];
  /** The question that the notes are for. */
  question: number;
  /** Whether it is the account that is asked about. */
  isOwn: boolean;
  /** Whether it shares an address with the burst. */
  sharesAddress: boolean;
  /** The number of failures that share something with the burst. */
  failures: number;
}

/** One row of such an account. */
export interface FailedRow {
  readonly row: FailedSignIns;
  readonly account: FailedAccount;
  /** The question that it was counted for. */
  question: number;
}

/**
 * Finds the account of each row. Some rows may have only the id or only the principal name of an account that others
 * name in full. Whether they belong together depends on which of them are near a burst, so they are returned as
 * `unlike`. They have no name in common with the others.
 */
export function rowsByAccount(
  rows: readonly FailedSignIns[],
  numbersOf: (names: Names) => readonly number[],
): {
  readonly alike: readonly FailedRow[];
  readonly unlike: readonly FailedSignIns[];
} {
  const spellings = new Map<string, Names | null>();
  for (const { names } of rows) {
    for (const name of names) {
      const known = spellings.get(name);
      spellings.set(name, known === undefined || isEqual(known, names) ? names : null);
    }
  }
  const accounts = new Map<string, FailedAccount>();
  const alike: FailedRow[] = [];
  const unlike: FailedSignIns[] = [];
  for (const row of rows) {
    const [first] = row.names;
    if (first === undefined || row.names.some((name) => spellings.get(name) === null)) {
      unlike.push(row);
      continue;
    }
    const account = accounts.get(first) ?? newAccount(numbersOf(row.names));
    accounts.set(first, account);
    alike.push({ row, account, question: 0 });
  }
  return { alike, unlike };
}

function newAccount(names: readonly number[]): FailedAccount {
  return { names, question: 0, isOwn: false, sharesAddress: false, failures: 0 };
}

function isEqual(a: Names | null, b: Names): boolean {
  return a !== null && a.length === b.length && a.every((name, at) => name === b[at]);
}

/** Groups the rows of each account, even if some have its id and others only its principal name. */
export function groupByAccount(
  rows: readonly FailedSignIns[],
): readonly (readonly FailedSignIns[])[] {
  const groups = new Map<string, FailedSignIns[]>();
  // Rows with the most names come first, so that those with fewer find their group.
  for (const row of rows.toSorted((a, b) => b.names.length - a.names.length)) {
    const held = row.names.map((name) => groups.get(name)).find((group) => group !== undefined);
    const group = held ?? [];
    group.push(row);
    row.names.forEach((name) => groups.set(name, group));
  }
  return [...new Set(groups.values())];
}
