import { isFields, type Fields } from "../../../detection/signin/fields.ts";

/**
 * Returns the names of a table's columns: `columns: [{name}]` in Log Analytics, `Columns: [{ColumnName}]` in Kusto,
 * `fields` in Splunk; null if there are none.
 */
export function columnsOf(table: Fields): readonly string[] | null {
  const columns = table["columns"] ?? table["Columns"] ?? table["fields"];
  return Array.isArray(columns) ? columns.map(columnName) : null;
}

function columnName(column: unknown, index: number): string {
  const name = isFields(column)
    ? (column["name"] ?? column["ColumnName"] ?? column["Name"])
    : column;
  return typeof name === "string" ? name : `column ${index}`;
}

/** Returns the rows of a table as objects; null if it is not a table. */
export function rowsOf(value: Fields): readonly Fields[] | null {
  const names = columnsOf(value);
  const rows = value["rows"] ?? value["Rows"] ?? value["data"];
  return names !== null && Array.isArray(rows) && rows.length > 0 && rows.every(Array.isArray)
    ? rows.map((row: readonly unknown[]) =>
        Object.fromEntries(names.map((name, at): [string, unknown] => [name, row[at]])),
      )
    : rowsOfColumns(value);
}

/** A table column by column, as pandas writes it: `{"Id": {"0": …, "1": …}, …}`. */
function rowsOfColumns(value: Fields): readonly Fields[] | null {
  const [first, ...others] = Object.values(value);
  if (!isFields(first) || others.length === 0) {
    return null;
  }
  const indexes = Object.keys(first);
  const isIndex = indexes.length > 0 && indexes.every((index) => /^\d+$/.test(index));
  if (
    !isIndex ||
    !others.every((column) => isFields(column) && Object.keys(column).length === indexes.length)
  ) {
    return null;
  }
  const columns = Object.entries(value).filter((entry): entry is [string, Fields] =>
    isFields(entry[1]),
  );
  return indexes.map((index) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[index]])),
  );
}
