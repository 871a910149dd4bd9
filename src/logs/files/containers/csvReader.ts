import { cutCells, isBlankCell } from "./csvCells.ts";
import { columnName } from "./csvHeader.ts";
import { CsvLayout, LayoutProblem } from "./csvLayout.ts";
import { CsvRecords, type CsvSink } from "./csvRecords.ts";
import { searchableShape } from "./csvSearch.ts";
import { isPreamble } from "./csvShape.ts";
import type { DateOrder } from "../records/csvTime.ts";
import { InputError } from "../inputError.ts";
import type { RecordMaker } from "../envelopes/recordMaker.ts";
import type { TableShape } from "./tableShape.ts";

export interface CsvOptions {
  readonly delimiter: string;
  readonly dateOrder: DateOrder | null;
}

const carriageReturn = 0x0d;

/** Reads CSV into records with the names of the header. */
export class CsvReader implements CsvSink {
  readonly #maker: RecordMaker;
  readonly #options: CsvOptions;
  readonly #records: CsvRecords;
  #header: readonly string[] | null = null;
  #layout: CsvLayout | null = null;
  #shape: TableShape | null = null;
  /** Whether a record was a sign-in with the names and values that detection reads, and whether another was not. */
  #isKnown = false;
  #isOther = false;

  constructor(maker: RecordMaker, options: CsvOptions) {
    this.#maker = maker.givingTo((entry) => {
      if (entry.kind === "record") {
        this.#isKnown ||= entry.isExact;
        this.#isOther ||= entry.isSignIn && !entry.isExact;
      }
      maker.give([entry]);
    });
    this.#options = options;
    this.#records = new CsvRecords(this, options.delimiter);
  }

  /** @throws InputError if times in the file are ambiguous */
  push(chunk: Buffer): void {
    this.#records.push(chunk);
  }

  end(): void {
    this.#records.end();
  }

  /** The cells of the header, once it was read. */
  get names(): readonly string[] | null {
    return this.#header;
  }

  get shape(): TableShape | null {
    return this.#isKnown && !this.#isOther ? this.#shape : null;
  }

  get lineNumber(): number {
    return this.#records.line;
  }

  set lineNumber(line: number) {
    this.#records.line = line;
  }

  release(most: number): Buffer | null {
    return this.#records.release(most);
  }

  line(bytes: Buffer, line: number): void {
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    const cells = cutCells(bytes.toString("utf8", 0, end), this.#options.delimiter);
    if (!cells.every(isBlankCell)) {
      this.record(cells, line);
    }
  }

  header(cells: readonly string[]): number | null {
    if (isPreamble(cells, this.#options.delimiter)) {
      return null;
    }
    const names = cells.map(columnName);
    this.#header = cells;
    this.#layout = new CsvLayout(names, this.#options.dateOrder);
    const isKnown = this.#maker.columns(names.map(({ name }) => name));
    this.#shape = isKnown ? searchableShape(names, this.#options.delimiter) : null;
    return cells.length;
  }

  /** Continues behind a header that was read before. */
  resume(header: readonly string[]): void {
    this.#records.columns = this.header(header);
  }

  record(cells: readonly string[], line: number): void {
    const row = this.#layout?.read(cells, line) ?? {};
    if (!(row instanceof LayoutProblem)) {
      this.#maker.value(row, this.#place(line));
    } else if (row.fatal) {
      throw new InputError(this.#maker.source, row.reason);
    } else {
      this.bad(row.reason, line);
    }
  }

  bad(reason: string, line: number): void {
    this.#maker.bad(reason, this.#place(line));
  }

  #place(line: number) {
    return { source: this.#maker.source, line, index: null };
  }
}
