/** The column types of Azure Monitor that the stand-in can hold. */
export type ColumnType = "bool" | "datetime" | "dynamic" | "int" | "long" | "real" | "string";

/** Column name → type, in the table's order. */
export type TableSchema = Readonly<Record<string, ColumnType>>;

/** A column as a query answers it; `type` is Kusto's name for it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}
