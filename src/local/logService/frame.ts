import type { Column } from "./columns.ts";
import type { Value } from "./values.ts";

export interface Row {
  /** In the order of the frame's columns. */
  readonly values: readonly Value[];
  /** When the service stored it, as a datetime. */
  readonly published: string;
}

/** What flows through a pipeline. */
export interface Frame {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Rows are ones of a table, and know when they were published; `project` makes new ones. */
  readonly stored: boolean;
  /** In the order in which they were published. */
  readonly inOrder: boolean;
  /** What rows have yet to meet. `where` does it last, after the index; for other operators it is settled. */
  readonly pending?: (row: Row) => boolean;
}

export function settled(frame: Frame): Frame {
  const { pending, rows, ...rest } = frame;
  return pending === undefined ? frame : { ...rest, rows: rows.filter(pending) };
}

/** The first index for which `reached` holds; it holds for all after it. */
export function firstIndex<T>(items: readonly T[], reached: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && reached(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
