import { fitTable } from "./fitTable.ts";

/**
 * Formats columns two blanks apart, each as wide as its widest cell if the terminal allows.
 *
 * @param width columns of the terminal; Infinity: no limit
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string {
  const columns = head.map((name, column) => ({
    head: name,
    cell: (cells: readonly string[]) => cells[column] ?? "",
    // A path can be longer than the terminal is wide.
    mayCut: true,
  }));
  return fitTable(columns, rows, width);
}
