import { countWhile, numberAt, timeAt } from "../prompts/columns.ts";
import { shownName, type FailedSignIns, type Names } from "./rows.ts";

/**
 * Splits rows by whether the accounts in them always have the same names. Others may have only the id or only the
 * principal name of an account that some name in full. Whether these belong together depends on which of them are near
 * a burst. The two parts have no name in common.
 */
export function splitByNames(rows: readonly FailedSignIns[]): {
  readonly alike: readonly FailedSignIns[];
  readonly unlike: readonly FailedSignIns[];
} {
  const spellings = new Map<string, Names | null>();
  for (const { names } of rows) {
    for (const name of names) {
      const known = spellings.get(name);
      spellings.set(name, known === undefined || isEqual(known, names) ? names : null);
    }
  }
  const isAlike = ({ names }: FailedSignIns) => names.every((name) => spellings.get(name) !== null);
  return {
    alike: rows.filter((row) => row.names.length > 0 && isAlike(row)),
    unlike: rows.filter((row) => !isAlike(row)),
  };
}

function isEqual(a: Names | null, b: Names): boolean {
  return a !== null && a.length === b.length && a.every((name, at) => name === b[at]);
}

/** Rows as columns. A flood has as many findings as rows, and each finding is near thousands of rows. */
export class FailedColumns {
  /** The names of each account, in the order of the names that are shown. */
  readonly names: readonly Names[];
  /** The account of each row, by its index in `names`. */
  readonly account: Uint32Array;
  readonly signIns: Uint32Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #longest: number;

  /** @param rows of accounts that always have the same names, in order of time */
  constructor(rows: readonly FailedSignIns[]) {
    const accounts = new Map(rows.map(({ names }) => [shownName(names), names]));
    this.names = [...accounts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, names]) => names);
    const numbers = new Map(this.names.map((names, number) => [shownName(names), number]));
    this.account = Uint32Array.from(rows, ({ names }) => Number(numbers.get(shownName(names))));
    this.signIns = Uint32Array.from(rows, ({ signIns }) => signIns);
    this.#starts = Float64Array.from(rows, ({ firstAt }) => firstAt);
    this.#ends = Float64Array.from(rows, ({ lastAt }) => lastAt);
    this.#longest = rows.reduce((most, row) => Math.max(most, row.lastAt - row.firstAt), 0);
  }

  /**
   * Calls `take` with those of some rows that overlap a span, whose ends are inclusive, until it returns true.
   *
   * @param rows in ascending order
   * @returns whether it did
   */
  some(
    rows: Uint32Array,
    { from, to }: { readonly from: number; readonly to: number },
    take: (row: number) => boolean,
  ): boolean {
    const earliest = from - this.#longest;
    const startOf = (at: number) => timeAt(this.#starts, numberAt(rows, at));
    const first = countWhile(rows.length, (at) => startOf(at) < earliest);
    for (let at = first; at < rows.length; at++) {
      const row = numberAt(rows, at);
      if (timeAt(this.#starts, row) > to) {
        return false;
      }
      if (timeAt(this.#ends, row) >= from && take(row)) {
        return true;
      }
    }
    return false;
  }
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
