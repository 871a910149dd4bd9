import type { SigninRow } from "../row.ts";
import { everyColumn, type Column } from "./columns.ts";
import { csvLine, type CsvOptions } from "./csv.ts";

export interface LogAnalyticsCsvOptions extends CsvOptions {
  readonly columns?: readonly Column[];
  /** The format of times. The portal uses that of the browser's language. */
  readonly dates?: "iso" | "mdy" | "dmy" | "dotted";
  /**
   * As in a union of both sign-in tables: two columns, one for each type, for every field that is dynamic in one
   * table and text in the other.
   */
  readonly pairs?: boolean;
}

const paired: ReadonlySet<string> = new Set([
  "ConditionalAccessPolicies",
  "DeviceDetail",
  "LocationDetails",
  "MfaDetail",
  "Status",
  "TokenProtectionStatusDetails",
]);

/** Returns the result of a query as the portal's "Export to CSV" saves it, header first. */
export function toLogAnalyticsCsv(
  rows: Iterable<SigninRow>,
  options: LogAnalyticsCsvOptions = {},
): string {
  const { columns = everyColumn, pairs = false } = options;
  const isPair = ({ name }: Column) => pairs && paired.has(name);
  const header = columns.flatMap((column) => {
    if (isPair(column)) {
      return [`${column.name}_string`, `${column.name}_dynamic`];
    }
    return [column.type === "datetime" ? `${column.name} [UTC]` : column.name];
  });
  let text = csvLine(header, options);
  for (const row of rows) {
    const cells = columns.flatMap((column) => {
      const value = cell(column, row, options);
      return isPair(column) ? ["", value] : [value];
    });
    text += csvLine(cells, options);
  }
  return text;
}

function cell({ name, type }: Column, row: SigninRow, options: LogAnalyticsCsvOptions): string {
  const value = row[name];
  if (typeof value === "boolean") {
    return value ? "TRUE" : "FALSE";
  }
  if (typeof value === "string") {
    return type === "datetime" ? dateCell(value, options) : value;
  }
  if (typeof value === "number") {
    return String(value);
  }
  return value === undefined ? "" : JSON.stringify(value);
}

function dateCell(iso: string, { dates = "mdy" }: LogAnalyticsCsvOptions): string {
  if (dates === "iso") {
    return iso;
  }
  const at = new Date(iso);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
  const seconds = iso.slice(14, 23);
  const hour = at.getUTCHours();
  const pad = (number: number) => String(number).padStart(2, "0");
  switch (dates) {
    case "dotted":
      return `${pad(day)}.${pad(month)}.${year}, ${pad(hour)}:${seconds}`;
    case "dmy":
      return `${pad(day)}/${pad(month)}/${year}, ${pad(hour)}:${seconds}`;
    case "mdy":
      return `${month}/${day}/${year}, ${hour % 12 || 12}:${seconds} ${hour < 12 ? "AM" : "PM"}`;
  }
}
