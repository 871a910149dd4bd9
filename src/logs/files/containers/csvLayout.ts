import type { ColumnName } from "./csvHeader.ts";
import { isFields } from "../../../detection/signin/fields.ts";
import { readCsvTime, type DateOrder } from "../records/csvTime.ts";

/** Keys of `SigninLogs` columns with a time; in a portal's download it is the date. */
const timeColumns: ReadonlySet<string> = new Set(["timegenerated", "createddatetime", "date"]);

type Row = Readonly<Record<string, unknown>>;

/** Why a row cannot be used. If `fatal`, the whole file cannot. */
export class LayoutProblem {
  readonly reason: string;
  readonly fatal: boolean;

  constructor(reason: string, fatal: boolean) {
    this.reason = reason;
    this.fatal = fatal;
  }
}

/** Converts the cells of a CSV file to records. */
export class CsvLayout {
  readonly #names: readonly ColumnName[];
  /** The positions of each column. A column can occur twice, as in the Entra portal's own files. */
  readonly #columns: readonly (readonly [name: string, places: readonly number[]])[];
  readonly #dateOrder: DateOrder | null;
  readonly #times: readonly (readonly [index: number, zone: string | null])[];
  /** A row of empty cells. Copies of it have one shape, whatever their values. */
  readonly #empty: Row;

  constructor(names: readonly ColumnName[], dateOrder: DateOrder | null) {
    this.#names = names;
    this.#dateOrder = dateOrder;
    const columns = new Map<string, { readonly name: string; readonly places: number[] }>();
    for (const [index, { key, name }] of names.entries()) {
      const column = columns.get(key) ?? { name, places: [] };
      column.places.push(index);
      columns.set(key, column);
    }
    this.#columns = [...columns.values()].map(({ name, places }) => [name, places]);
    // Defines the properties, so that a column named `__proto__` is a column like any other.
    const empty: unknown = JSON.parse(
      JSON.stringify(Object.fromEntries(this.#columns.map(([name]) => [name, ""]))),
    );
    this.#empty = isFields(empty) ? empty : {};
    this.#times = names.flatMap(({ key, zone }, index) =>
      timeColumns.has(key) ? [[index, offsetOf(zone)] as const] : [],
    );
  }

  /** @param line the line number for messages */
  read(cells: readonly string[], line: number): Row | LayoutProblem {
    const values = [...cells];
    for (const [index, zone] of this.#times) {
      const reading = readCsvTime(values[index] ?? "", this.#dateOrder, zone);
      if ("problem" in reading) {
        return this.#explain(reading.problem, index, line);
      }
      values[index] = reading.time;
    }
    const row: Record<string, unknown> = { ...this.#empty };
    for (const [name, places] of this.#columns) {
      row[name] = firstValue(values, places);
    }
    return row;
  }

  #explain(
    problem: "ambiguous" | "misfit" | "unzoned",
    index: number,
    line: number,
  ): LayoutProblem {
    const { text = "", zone = "" } = this.#names[index] ?? {};
    switch (problem) {
      case "misfit":
        return new LayoutProblem(`a date does not fit --date-order ${this.#dateOrder}`, false);
      case "ambiguous":
        return new LayoutProblem(
          `the date on line ${line} can be read day first or month first; ` +
            "say which with --date-order dmy or --date-order mdy",
          true,
        );
      case "unzoned":
        return new LayoutProblem(
          `the times under "${text}" are in ${zone}, whose offset the file does not give; ` +
            "show times in UTC and download again",
          true,
        );
    }
  }
}

function firstValue(cells: readonly string[], places: readonly number[]): string {
  for (const place of places) {
    const cell = cells[place];
    if (cell !== undefined && cell !== "") {
      return cell;
    }
  }
  return "";
}

/** Times without a zone are UTC, as in every export. */
function offsetOf(zone: string | null): string | null {
  if (zone === null || /^(?:UTC|GMT|Z)$/i.test(zone)) {
    return "Z";
  }
  const [, offset = null] = /^(?:UTC|GMT)?\s*([+-]\d\d:?\d\d)$/i.exec(zone) ?? [];
  return offset;
}
