type Cell = string | number | boolean | null;

/** A column: its name, and how to read its cell from a row. */
export type CsvColumn<Row> = readonly [name: string, read: (row: Row) => Cell];

/** Returns RFC 4180 text: a header, then one line per row. */
export function csvText<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  return [
    columns.map(([name]) => name),
    ...rows.map((row) => columns.map(([, read]) => csvCell(read(row)))),
  ]
    .map((cells) => `${cells.join(",")}\r\n`)
    .join("");
}

/** Text that a spreadsheet would take for a formula gets a leading apostrophe. */
export function csvCell(value: Cell): string {
  const text = value === null ? "" : String(value);
  const inert = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
