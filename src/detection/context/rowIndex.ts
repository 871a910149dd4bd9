import { timeAt } from "../prompts/columns.ts";

/** Rows by the time that they cover, so that a burst is compared only with what happened around it. */
export class TimeIndex<T> {
  readonly #rows: readonly T[];
  readonly #starts: Float64Array;
  readonly #spanOf: (row: T) => readonly [from: number, to: number];
  readonly #longest: number;

  /** @param spanOf the first and last time of a row (epoch ms) */
  constructor(rows: readonly T[], spanOf: (row: T) => readonly [from: number, to: number]) {
    this.#rows = rows.toSorted((a, b) => spanOf(a)[0] - spanOf(b)[0]);
    this.#starts = Float64Array.from(this.#rows, (row) => spanOf(row)[0]);
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
      if (timeAt(this.#starts, middle) < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** Groups rows by their keys. Returns the rows that have one of the given keys, each once. */
export function groupBy<T>(
  rows: readonly T[],
  keysOf: (row: T) => readonly string[],
): (keys: readonly string[]) => readonly T[] {
  const groups = grouped(rows, keysOf);
  return (keys) => [...new Set(keys.flatMap((key) => groups.get(key) ?? []))];
}

/** Groups rows by their keys and time. Returns those with one of the keys at some time, each once. */
export function groupByTime<T extends { readonly at: number }>(
  rows: readonly T[],
  keysOf: (row: T) => readonly string[],
): (keys: readonly string[], from: number, to: number) => readonly T[] {
  const groups = new Map(
    [...grouped(rows, keysOf)].map(([key, group]) => [
      key,
      new TimeIndex(group, ({ at }) => [at, at]),
    ]),
  );
  return (keys, from, to) => [
    ...new Set(keys.flatMap((key) => groups.get(key)?.within(from, to) ?? [])),
  ];
}

function grouped<T>(
  rows: readonly T[],
  keysOf: (row: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    for (const key of keysOf(row)) {
      const group = groups.get(key) ?? [];
      group.push(row);
      groups.set(key, group);
    }
  }
  return groups;
}
