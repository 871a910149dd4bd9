import { countWhile, timeAt } from "../prompts/columns.ts";

/** Returns the first and the last time of a row (epoch ms). */
type SpanOf<T> = (row: T) => readonly [from: number, to: number];

/** Rows by the time that they cover, so that a burst is compared only with what happened around it. */
export class TimeIndex<T> {
  readonly #rows: readonly T[];
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #longest: number;

  constructor(rows: readonly T[], spanOf: SpanOf<T>) {
    const spans = rows
      .map((row) => ({ row, span: spanOf(row) }))
      .toSorted((a, b) => a.span[0] - b.span[0]);
    this.#rows = spans.map(({ row }) => row);
    this.#starts = Float64Array.from(spans, ({ span }) => span[0]);
    this.#ends = Float64Array.from(spans, ({ span }) => span[1]);
    this.#longest = spans.reduce((most, { span }) => Math.max(most, span[1] - span[0]), 0);
  }

  /** Returns the rows that overlap a span, whose ends are inclusive, by their first time. */
  within(from: number, to: number): readonly T[] {
    const found: T[] = [];
    this.find(from, to, (row) => {
      found.push(row);
      return false;
    });
    return found;
  }

  /** Returns the first of those rows for which `isSought` is true, and does not look further. */
  find(from: number, to: number, isSought: (row: T) => boolean): T | undefined {
    const { length } = this.#starts;
    const earliest = from - this.#longest;
    let index = countWhile(length, (each) => timeAt(this.#starts, each) < earliest);
    for (; index < length && timeAt(this.#starts, index) <= to; index++) {
      const row = this.#rows[index];
      if (row !== undefined && timeAt(this.#ends, index) >= from && isSought(row)) {
        return row;
      }
    }
    return undefined;
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
export function groupByTime<T>(
  rows: readonly T[],
  keysOf: (row: T) => readonly string[],
  spanOf: SpanOf<T>,
): (keys: readonly string[], from: number, to: number) => readonly T[] {
  const indexOf = indexBy(rows, keysOf, spanOf);
  return (keys, from, to) => [
    ...new Set(keys.flatMap((key) => indexOf(key)?.within(from, to) ?? [])),
  ];
}

/** Groups rows by their keys. Returns the rows of a key by time. They are sorted when they are first asked for. */
function indexBy<T>(
  rows: readonly T[],
  keysOf: (row: T) => readonly string[],
  spanOf: SpanOf<T>,
): (key: string) => TimeIndex<T> | undefined {
  const groups = grouped(rows, keysOf);
  const sorted = new Map<string, TimeIndex<T>>();
  return (key) => {
    const group = groups.get(key);
    if (group !== undefined) {
      sorted.set(key, new TimeIndex(group, spanOf));
      groups.delete(key);
    }
    return sorted.get(key);
  };
}

export function grouped<T>(
  rows: readonly T[],
  keysOf: (row: T) => readonly string[],
): Map<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    for (const key of keysOf(row)) {
      const group = groups.get(key);
      if (group === undefined) {
        groups.set(key, [row]);
      } else {
        group.push(row);
      }
    }
  }
  return groups;
}
