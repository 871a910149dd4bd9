import { columnName } from "./csvHeader.ts";
import { CsvLayout, LayoutProblem } from "./csvLayout.ts";
import { CsvRecords, type CsvSink } from "./csvRecords.ts";
import { isPreamble } from "./csvShape.ts";
import type { DateOrder } from "../records/csvTime.ts";
import { InputError } from "../inputError.ts";
import type { RecordMaker } from "../envelopes/recordMaker.ts";

export interface CsvOptions {
  readonly delimiter: string;
  readonly dateOrder: DateOrder | null;
}

/** Reads CSV into records with the names of the header. */
export class CsvReader implements CsvSink {
  readonly #maker: RecordMaker;
  readonly #options: CsvOptions;
  readonly #records: CsvRecords;
  #layout: CsvLayout | null = null;

  constructor(maker: RecordMaker, options: CsvOptions) {
    this.#maker = maker;
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

  header(cells: readonly string[]): number | null {
    if (isPreamble(cells, this.#options.delimiter)) {
      return null;
    }
    const names = cells.map(columnName);
    this.#layout = new CsvLayout(names, this.#options.dateOrder);
    this.#maker.columns(names.map(({ name }) => name));
    return cells.length;
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
