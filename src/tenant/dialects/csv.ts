export interface CsvOptions {
  readonly delimiter?: "," | ";" | "\t";
}

/** Lines end in CR LF, and a cell is quoted only where it has to be. */
export function csvLine(cells: readonly string[], { delimiter = "," }: CsvOptions = {}): string {
  return `${cells.map((cell) => quoted(cell, delimiter)).join(delimiter)}\r\n`;
}

function quoted(cell: string, delimiter: string): string {
  const special = cell.includes(delimiter) || /["\r\n]/.test(cell);
  return special ? `"${cell.replaceAll('"', '""')}"` : cell;
}
