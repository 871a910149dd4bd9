export interface CsvOptions {
  readonly delimiter?: "," | ";" | "\t";
}

/** Returns a line with CR LF at the end. A cell is quoted only if necessary. */
export function csvLine(cells: readonly string[], { delimiter = "," }: CsvOptions = {}): string {
  return `${cells.map((cell) => quoted(cell, delimiter)).join(delimiter)}\r\n`;
}

function quoted(cell: string, delimiter: string): string {
  const special = cell.includes(delimiter) || /["\r\n]/.test(cell);
  return special ? `"${cell.replaceAll('"', '""')}"` : cell;
}
