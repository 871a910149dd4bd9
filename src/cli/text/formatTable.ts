import { fitTable } from "./fitTable.ts";

/** Columns as wide as their widest cell, two blanks apart. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((name, column) => ({
    head: name,
    cell: (cells: readonly string[]) => cells[column] ?? "",
  }));
  return fitTable(columns, rows, Infinity);
}
