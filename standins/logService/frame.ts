import type { Column } from "./columns.ts";
import type { Value } from "./values.ts";

export interface Row {
  /** In the order of the frame's columns. */
  readonly values: readonly Value[];
  /** When the service ingested it, as a datetime. */
  readonly published: string;
}

/** The data that flows through a pipeline. */
export interface Frame {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Whether rows are those of a table and have an ingestion time. `project` creates new ones. */
  readonly stored: boolean;
}
