import type { SigninRow } from "../row.ts";
import { everyColumn, type Column } from "./columns.ts";

/** Returns one row of a continuous export: a JSON object, without the line's end. */
export function toLine(row: SigninRow): string {
  return JSON.stringify(row);
}

export function toNdjson(rows: Iterable<SigninRow>): string {
  let text = "";
  for (const row of rows) {
    text += `${toLine(row)}\n`;
  }
  return text;
}

/** Returns one array of objects, as the portal saves a result. */
export function toJsonArray(rows: Iterable<SigninRow>): string {
  return JSON.stringify([...rows], null, 1);
}

type Cell = string | number | boolean | null;

interface QueryAnswer {
  readonly tables: readonly [
    {
      readonly name: "PrimaryResult";
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
    },
  ];
}

/** Text is never null in Log Analytics. Dynamic values are text that contains JSON. */
function cell({ name, type }: Column, row: SigninRow): Cell {
  const value = row[name];
  if (type === "dynamic") {
    return value === undefined ? null : JSON.stringify(value);
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  return type === "string" ? "" : null;
}

/** Returns the body of the query API's answer. `columns` limits it to those that a query projects. */
export function toQueryAnswer(
  rows: Iterable<SigninRow>,
  columns: readonly Column[] = everyColumn,
): QueryAnswer {
  const cells = Array.from(rows, (row) => columns.map((column) => cell(column, row)));
  return { tables: [{ name: "PrimaryResult", columns, rows: cells }] };
}
