import { isUtf8 } from "node:buffer";
import { CsvError, Parser } from "csv-parse";
import { isBlankCell } from "./csvCells.ts";
import { blankLines, countLines } from "./csvLines.ts";
import { comma, isBlank, newlineByte, quoteByte } from "../bytes.ts";

/** Far more than any sign-in row. A larger record is an unclosed quote or a broken file. */
const maxRecordBytes = 64 * 1024 * 1024;

/** More columns than any header has. Millions of delimiters would cost the parser gigabytes. */
const maxCells = 10_000;

/** The parser gets this much at a time, so that nothing it produces grows large before it is checked. */
const stepBytes = 256 * 1024;

const replacement = "\uFFFD";

/** Receives the results. Lines are counted from 1. A record that spans several lines has the number of its first. */
export interface CsvSink {
  /**
   * Takes the first record. Returns the number of columns that every other record must have, or null if this was
   * not a header.
   */
  header(cells: readonly string[]): number | null;
  record(cells: readonly string[], line: number): void;
  bad(reason: string, line: number): void;
}

/** Why a record must be abandoned. */
class BrokenRecord extends Error {
  override readonly name = "BrokenRecord";
}

/**
 * Splits CSV into records, without blank lines. A broken record costs only its first line. Reading resumes on the
 * next line, so that an unclosed quote does not swallow the rest.
 */
export class CsvRecords {
  readonly #sink: CsvSink;
  readonly #delimiter: string;
  /** Null until there is something to parse. */
  #parser: Parser | null = null;
  #columns: number | null = null;
  /** The parser's input from `#start` on. The current record begins `#at` bytes into it. */
  #parts: Buffer[] = [];
  #start = 0;
  #at = 0;
  #length = 0;
  #cells: CellCount;
  /** The line in which the current record begins, or the blank lines before it. */
  #line = 1;
  /** Within an abandoned line whose end has not been seen. */
  #skipping = false;

  constructor(sink: CsvSink, delimiter: string) {
    this.#sink = sink;
    this.#delimiter = delimiter;
    this.#cells = new CellCount(delimiter);
  }

  /** The line in which the next byte after those of finished records is. */
  get line(): number {
    return this.#line;
  }

  /** The number of columns, if somebody else has read the header. */
  set columns(columns: number | null) {
    this.#columns = columns;
  }

  /** Sets the number of the current line. No record may be unfinished. */
  set line(line: number) {
    this.#line = line;
  }

  /**
   * Gives up an unfinished record, so that somebody else can read on from its first byte.
   *
   * @returns its bytes; null if a broken line is being skipped, or if the record is longer than `most`
   */
  release(most: number): Buffer | null {
    if (this.#skipping || this.#length > most) {
      return null;
    }
    const held = this.#held();
    this.#restart();
    return held;
  }

  push(chunk: Buffer): void {
    // A stack: the last one is next.
    const waiting = [chunk];
    for (let bytes = waiting.pop(); bytes !== undefined; bytes = waiting.pop()) {
      if (bytes.length > stepBytes) {
        waiting.push(bytes.subarray(stepBytes));
      }
      const step = bytes.subarray(0, stepBytes);
      const again = this.#skipping ? this.#skip(step) : this.#advance(step);
      if (again !== null) {
        waiting.push(again);
      }
    }
  }

  /** Ends the input. */
  end(): void {
    while (!this.#skipping) {
      // oxlint-disable-next-line no-underscore-dangle -- see #run
      const problem = this.#run((parser, done) => parser._flush(done));
      if (problem === null) {
        return;
      }
      const again = this.#giveUp(problem);
      if (again !== null) {
        this.push(again);
      }
    }
  }

  #begin(): Parser {
    return new Parser({
      delimiter: this.#delimiter,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      // What is copied from a grid has tabs between cells, and JSON in cells without quotes around it.
      relax_quotes: this.#delimiter === "\t",
      skip_empty_lines: true,
      // Nothing is passed through the stream, so that every call to it is finished when it returns.
      on_record: (cells: string[]) => this.#take(cells),
    });
  }

  /** Returns null, or the bytes that must be read again after a broken line. */
  #advance(bytes: Buffer): Buffer | null {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    // oxlint-disable-next-line no-underscore-dangle -- see #run
    const problem = this.#run((parser, done) => parser._transform(bytes, "utf8", done));
    if (problem !== null) {
      return this.#giveUp(problem);
    }
    if (this.#at > 0) {
      const rest = this.#held().subarray(this.#at);
      this.#start += this.#at;
      this.#at = 0;
      this.#hold(rest);
    } else {
      this.#cells.add(bytes);
    }
    if (this.#length > maxRecordBytes) {
      return this.#giveUp("record larger than 64 MB");
    }
    if (this.#cells.count > maxCells) {
      return this.#giveUp(`row has more than ${maxCells} values`);
    }
    return null;
  }

  /**
   * Calls a single step of the parser's stream, which is finished when it returns. A whole stream would report
   * errors too late to locate them. Returns the problem of the record, in a few words. A problem of the file is
   * thrown.
   */
  #run(step: (parser: Parser, done: (error?: Error | null) => void) => void): string | null {
    const failures: Error[] = [];
    this.#parser ??= this.#begin();
    step(this.#parser, (error) => {
      if (error) {
        failures.push(error);
      }
    });
    const [failure] = failures;
    if (failure === undefined) {
      return null;
    }
    if (failure instanceof BrokenRecord) {
      return failure.message;
    }
    // The parser's own message quotes the text.
    if (failure instanceof CsvError) {
      return "a quote is out of place or never closed";
    }
    throw failure;
  }

  #take(cells: string[]): null {
    const end = (this.#parser?.info.bytes ?? 0) - this.#start;
    const bytes = this.#held().subarray(this.#at, end);
    const blank = blankLines(bytes);
    const lines = countLines(bytes);
    const problem = this.#problemIn(cells, bytes);
    if (problem !== null && lines - blank > 1) {
      throw new BrokenRecord(problem);
    }
    const line = this.#line + blank;
    this.#at = end;
    this.#line += lines;
    if (problem !== null) {
      this.#sink.bad(problem, line);
    } else if (this.#columns === null) {
      this.#columns = this.#sink.header(cells);
    } else if (!cells.every(isBlankCell)) {
      this.#sink.record(cells, line);
    }
    return null;
  }

  #problemIn(cells: readonly string[], bytes: Buffer): string | null {
    // Decoding replaces invalid bytes, so only text with replacements must be checked again.
    if (cells.some((cell) => cell.includes(replacement)) && !isUtf8(bytes)) {
      return "invalid UTF-8";
    }
    const columns = this.#columns ?? cells.length;
    const more = !cells.slice(columns).every(isBlankCell);
    if (!more && (cells.length >= columns || cells.every(isBlankCell))) {
      return null;
    }
    return `row has ${cells.length} values for ${columns} columns`;
  }

  /** Reports the line in which the current record begins. Returns the bytes after it; null if they have not arrived. */
  #giveUp(problem: string): Buffer | null {
    const held = this.#held().subarray(this.#at);
    const blank = blankLines(held);
    const from = held.findIndex((byte) => !isBlank(byte));
    const end = held.indexOf(newlineByte, Math.max(from, 0));
    this.#sink.bad(problem, this.#line + blank);
    this.#line += blank;
    this.#restart();
    return this.#skip(held.subarray(Math.max(from, 0)), end === -1);
  }

  #restart(): void {
    this.#parser = null;
    this.#start = 0;
    this.#at = 0;
    this.#hold(Buffer.alloc(0));
  }

  #skip(bytes: Buffer, unfinished = !bytes.includes(newlineByte)): Buffer | null {
    this.#skipping = unfinished;
    if (unfinished) {
      return null;
    }
    this.#line++;
    return bytes.subarray(bytes.indexOf(newlineByte) + 1);
  }

  #held(): Buffer {
    const [only] = this.#parts;
    if (only && this.#parts.length === 1) {
      return only;
    }
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [bytes];
    return bytes;
  }

  #hold(bytes: Buffer): void {
    this.#parts = bytes.length === 0 ? [] : [bytes];
    this.#length = bytes.length;
    this.#cells = new CellCount(this.#delimiter);
    this.#cells.add(bytes);
  }
}

/** Counts the delimiters of an unfinished record. */
class CellCount {
  readonly #delimiter: number;
  #quoted = false;
  #count = 0;

  constructor(delimiter: string) {
    this.#delimiter = Buffer.from(delimiter)[0] ?? comma;
  }

  get count(): number {
    return this.#count;
  }

  add(bytes: Buffer): void {
    for (const byte of bytes) {
      // A doubled quote changes nothing.
      if (byte === quoteByte) {
        this.#quoted = !this.#quoted;
      } else if (byte === this.#delimiter && !this.#quoted) {
        this.#count++;
      }
    }
  }
}
