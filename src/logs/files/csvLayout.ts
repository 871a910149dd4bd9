import type { ColumnName } from "./csvHeader.ts";
import { headerKind } from "./csvHeader.ts";
import { readCsvTime, type DateOrder } from "./csvTime.ts";
import { portalRow } from "./portalRow.ts";

/** Columns of `SigninLogs` that hold a time, as keys; in a portal's download it is the date. */
const timeColumns: ReadonlySet<string> = new Set(["timegenerated", "createddatetime", "date"]);

/** What detection reads, in the spelling in which it reads it. Spreadsheets and scripts change the case. */
const spellings = new Map(
  `TimeGenerated CreatedDateTime ResultType Status Status_dynamic Status_string AuthenticationDetails
  IsInteractive signInEventTypes Category Type Id OriginalRequestId AADTenantId resourceTenantId
  UserPrincipalName UserId UserType IPAddress Location LocationDetails LocationDetails_dynamic
  LocationDetails_string DeviceDetail DeviceDetail_dynamic DeviceDetail_string AppDisplayName AppId
  UserAgent`
    .split(/\s+/)
    .map((name) => [name.toLowerCase(), name]),
);

type Row = Readonly<Record<string, unknown>>;

/** Why a row cannot be used; where the file as a whole cannot be, `fatal`. */
export class LayoutProblem {
  readonly reason: string;
  readonly fatal: boolean;

  constructor(reason: string, fatal: boolean) {
    this.reason = reason;
    this.fatal = fatal;
  }
}

export interface LayoutOptions {
  readonly dateOrder: DateOrder | null;
  /** Whether the rows of a portal's file are those of non-interactive sign-ins, which it has no column for. */
  readonly nonInteractive: boolean;
}

/** How the cells of a CSV file become rows of `SigninLogs`. */
export class CsvLayout {
  readonly #names: readonly ColumnName[];
  /** Where each column stands; one can stand twice, as the Entra portal's own files show. */
  readonly #columns: readonly (readonly [key: string, places: readonly number[]])[];
  readonly #portal: boolean;
  readonly #options: LayoutOptions;
  readonly #times: readonly (readonly [index: number, zone: string | null])[];

  constructor(names: readonly ColumnName[], options: LayoutOptions) {
    this.#names = names;
    this.#options = options;
    this.#portal = headerKind(names) === "portal";
    const columns = new Map<string, number[]>();
    for (const [index, { key, text }] of names.entries()) {
      const name = this.#portal ? key : (spellings.get(key) ?? text);
      const places = columns.get(name);
      if (places === undefined) {
        columns.set(name, [index]);
      } else {
        places.push(index);
      }
    }
    this.#columns = [...columns];
    this.#times = names.flatMap(({ key, zone }, index) =>
      timeColumns.has(key) ? [[index, offsetOf(zone)] as const] : [],
    );
  }

  /** @param line as a message names it */
  read(cells: readonly string[], line: number): Row | LayoutProblem {
    const values = [...cells];
    for (const [index, zone] of this.#times) {
      const reading = readCsvTime(values[index] ?? "", this.#options.dateOrder, zone);
      if ("problem" in reading) {
        return this.#explain(reading.problem, index, line);
      }
      values[index] = reading.time;
    }
    const members = this.#columns.map(([key, places]): [string, string] => [
      key,
      firstValue(values, places),
    ]);
    // Defines its properties, so that a column named `__proto__` is a column like any other.
    if (!this.#portal) {
      return Object.fromEntries(members);
    }
    return portalRow(new Map(members), this.#options.nonInteractive);
  }

  #explain(
    problem: "ambiguous" | "misfit" | "unzoned",
    index: number,
    line: number,
  ): LayoutProblem {
    const { text = "", zone = "" } = this.#names[index] ?? {};
    switch (problem) {
      case "misfit":
        return new LayoutProblem(
          `a date does not fit --date-order ${this.#options.dateOrder}`,
          false,
        );
      case "ambiguous":
        return new LayoutProblem(
          `the date on line ${line} can be read day first or month first; ` +
            "say which with --date-order dmy or --date-order mdy",
          true,
        );
      case "unzoned":
        return new LayoutProblem(
          `the times under "${text}" are in ${zone}, of which the file does not tell the offset; ` +
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

/** Times without a word about their zone are UTC, as in every export. */
function offsetOf(zone: string | null): string | null {
  if (zone === null || /^(?:UTC|GMT|Z)$/i.test(zone)) {
    return "Z";
  }
  const [, offset = null] = /^(?:UTC|GMT)?\s*([+-]\d\d:?\d\d)$/i.exec(zone) ?? [];
  return offset;
}
