import { isFields } from "../../../detection/signin/fields.ts";
import { columnsOf } from "../envelopes/tableRows.ts";
import { InputError } from "../inputError.ts";
import { parseJson } from "./parseJson.ts";

/** Limit for rows that arrive before their columns and wait in memory. Services write the columns first. */
const maxWaitingBytes = 64 * 1024 * 1024;

/** A row as a record, or the reason why there is none. */
export type RowResult = Readonly<Record<string, unknown>> | string;

/** One table of a query answer. Gives its rows the names of its columns. */
export class Table {
  readonly #source: string;
  readonly #columns: readonly string[] | null;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;

  /** `head` is the JSON text of the table up to and including the opening bracket of its rows. */
  constructor(source: string, head: Buffer | null) {
    this.#source = source;
    this.#columns = head && columnsIn(Buffer.concat([head, Buffer.from("]}")]));
  }

  /**
   * Returns null if the row must wait for the columns.
   *
   * @throws InputError if too much would have to wait
   */
  row(bytes: Buffer): RowResult | null {
    if (this.#columns) {
      return readRow(this.#columns, bytes);
    }
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > maxWaitingBytes) {
      throw new InputError(
        this.#source,
        "a query answer with more than 64 MB of rows before its columns cannot be read",
      );
    }
    this.#waiting.push(bytes);
    return null;
  }

  /** Returns the rows that had to wait. `rest` is the table without its rows. */
  *end(rest: Buffer | null): Generator<RowResult> {
    const columns = this.#columns ?? (rest && columnsIn(rest));
    for (const bytes of this.#waiting) {
      yield columns ? readRow(columns, bytes) : "row of a table without columns";
    }
  }
}

/** Returns null if there are none. */
function columnsIn(json: Buffer): readonly string[] | null {
  const parsed = parseJson(json);
  if (!parsed.ok || !isFields(parsed.value)) {
    return null;
  }
  return columnsOf(parsed.value);
}

function readRow(columns: readonly string[], bytes: Buffer): RowResult {
  const parsed = parseJson(bytes);
  if (!parsed.ok) {
    return parsed.reason;
  }
  const row: unknown = parsed.value;
  if (!Array.isArray(row)) {
    return "row is not an array";
  }
  if (row.length !== columns.length) {
    return `row has ${row.length} values for ${columns.length} columns`;
  }
  // Defines the properties, so that a column named `__proto__` is a column like any other.
  return Object.fromEntries(columns.map((name, index): [string, unknown] => [name, row[index]]));
}
