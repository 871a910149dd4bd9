import type { Names } from "./rows.ts";

/** Rows by the time that they cover, so that a burst is compared only with what happened around it. */
export class TimeIndex<T> {
  readonly #rows: readonly T[];
  readonly #starts: readonly number[];
  readonly #spanOf: (row: T) => readonly [from: number, to: number];
  readonly #longest: number;

  /** @param spanOf the first and last time of a row (epoch ms) */
  constructor(rows: readonly T[], spanOf: (row: T) => readonly [from: number, to: number]) {
    this.#rows = rows.toSorted((a, b) => spanOf(a)[0] - spanOf(b)[0]);
    this.#starts = this.#rows.map((row) => spanOf(row)[0]);
    this.#spanOf = spanOf;
    this.#longest = rows.reduce((most, row) => Math.max(most, spanOf(row)[1] - spanOf(row)[0]), 0);
  }

  /** Returns the rows that overlap a span, whose ends are inclusive, by their first time. */
  within(from: number, to: number): readonly T[] {
    return this.#rows
      .slice(this.#firstFrom(from - this.#longest), this.#firstFrom(to + 1))
      .filter((row) => this.#spanOf(row)[1] >= from);
  }

  /** Returns the index of the first row that starts at or after a time. */
  #firstFrom(time: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? Infinity) < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** Groups rows by each name of their account. Returns the rows of an account, each once. */
export function byNames<T extends { readonly names: Names }>(
  rows: readonly T[],
): (names: Names) => readonly T[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    for (const name of row.names) {
      const group = groups.get(name) ?? [];
      group.push(row);
      groups.set(name, group);
    }
  }
  return (names) => [...new Set(names.flatMap((name) => groups.get(name) ?? []))];
}
