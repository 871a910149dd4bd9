/** The column types of Azure Monitor that the stand-in supports. */
export type ColumnType = "bool" | "datetime" | "dynamic" | "int" | "long" | "real" | "string";

/** Column name → type, in the table's order. */
export type TableSchema = Readonly<Record<string, ColumnType>>;

/** A column of a query's answer. `type` is Kusto's name for it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}
