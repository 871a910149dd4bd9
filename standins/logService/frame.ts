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
}
