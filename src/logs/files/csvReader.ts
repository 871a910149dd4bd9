import { columnName } from "./csvHeader.ts";
import { CsvLayout, LayoutProblem } from "./csvLayout.ts";
import { CsvRecords, type CsvSink } from "./csvRecords.ts";
import { isDelimiterLine } from "./csvShape.ts";
import type { DateOrder } from "./csvTime.ts";
import type { Entry } from "./entry.ts";
import { InputError } from "./inputError.ts";

export interface CsvOptions {
  readonly delimiter: string;
  readonly dateOrder: DateOrder | null;
}

/** Reads CSV with the columns of `SigninLogs`, or those of the Entra portal, into rows of `SigninLogs`. */
export class CsvReader implements CsvSink {
  readonly #source: string;
  readonly #options: CsvOptions;
  readonly #emit: (entry: Entry) => void;
  readonly #records: CsvRecords;
  #layout: CsvLayout | null = null;

  constructor(source: string, options: CsvOptions, emit: (entry: Entry) => void) {
    this.#source = source;
    this.#options = options;
    this.#emit = emit;
    this.#records = new CsvRecords(this, options.delimiter);
  }

  /** @throws InputError when times in the file can be read in more than one way */
  push(chunk: Buffer): void {
    this.#records.push(chunk);
  }

  end(): void {
    this.#records.end();
  }

  header(cells: readonly string[]): number | null {
    if (isDelimiterLine(cells, this.#options.delimiter)) {
      return null;
    }
    this.#layout = new CsvLayout(cells.map(columnName), {
      dateOrder: this.#options.dateOrder,
      nonInteractive: isNonInteractive(this.#source),
    });
    return cells.length;
  }

  record(cells: readonly string[], line: number): void {
    const row = this.#layout?.read(cells, line) ?? {};
    if (!(row instanceof LayoutProblem)) {
      this.#emit({ kind: "record", record: row, place: this.#place(line) });
    } else if (row.fatal) {
      throw new InputError(this.#source, row.reason);
    } else {
      this.bad(row.reason, line);
    }
  }

  bad(reason: string, line: number): void {
    this.#emit({ kind: "bad", reason, place: this.#place(line) });
  }

  #place(line: number) {
    return { source: this.#source, line, index: null };
  }
}

/**
 * The Entra portal's files of interactive and of other sign-ins have the same columns; only their names
 * tell them apart.
 */
function isNonInteractive(source: string): boolean {
  return /(?:^|[/\\])non-?interactive[^/\\]*$/i.test(source);
}
