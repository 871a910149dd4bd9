import { readCsvTime, type DateOrder } from "../../logs/files/records/csvTime.ts";
import { csvLines } from "../csvFile.ts";
import { UsageError } from "../usageError.ts";

export interface IncidentRow {
  readonly record: Readonly<Record<string, string | null>>;
  /** The file and line. */
  readonly place: string;
}

/**
 * Reads a CSV file of incidents. Times without a zone are in UTC, as the portals export them.
 *
 * @param order of times with slashes
 * @throws UsageError if a required column is missing, or a time is ambiguous
 */
export function incidentRows(
  path: string,
  text: string,
  order: DateOrder | null,
): readonly IncidentRow[] {
  const [head = [], ...lines] = csvLines(path, text);
  if (!head.some((name) => /classification/i.test(name))) {
    throw new UsageError(
      `--labels ${path}: must be a list of incidents in JSON or CSV (with a column Classification), or what generate writes as truth.json`,
    );
  }
  return lines.map((cells, index) => {
    const place = `${path} row ${index + 1}`;
    const members = head.map((name, column) => {
      const value = cells[column] ?? "";
      return [name, value === "" ? null : readCell(name, value, order, place)] as const;
    });
    return { record: Object.fromEntries(members), place };
  });
}

function readCell(name: string, value: string, order: DateOrder | null, place: string): string {
  if (!/time|activity/i.test(name)) {
    return value;
  }
  const read = readCsvTime(value, order, "Z");
  if ("problem" in read) {
    throw new UsageError(
      `--labels ${place}: ${name} is '${value}'; --date-order says whether the day (dmy) or the month (mdy) comes first`,
    );
  }
  return read.time;
}
