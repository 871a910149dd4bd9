import { isUtf8 } from "node:buffer";
import type { TableShape } from "../containers/tableShape.ts";
import { longLineBytes, type FoundRows, type LineSearch } from "./lineSearch.ts";
import type { FilterSink } from "./lineFilter.ts";

/** Reads rows of CSV, whatever they look like. */
export interface RowReader {
  push(chunk: Buffer): void;
  /** Ends the text. */
  end(): void;
  /** Takes one row whose quotes are in order, without its newline. */
  line(bytes: Buffer, line: number): void;
  /** What a search needs to know; null as long as every row has to be read. */
  readonly shape: TableShape | null;
  /** The line in which the first record is that has not been read whole. May be set when there is none. */
  lineNumber: number;
  /** Gives up that record. @returns its bytes; null if it cannot be, or is longer than `most` */
  release(most: number): Buffer | null;
}

/** Receives what was found. */
export interface RowSink extends Pick<FilterSink, "passed" | "notes"> {
  /** Rows between two offsets in the text were read without being searched, so that there are no notes of them. */
  unsearched(from: number, to: number): void;
}

/**
 * Takes a text in pieces, and reads the rows that a search wants. A stretch with odd rows is read whole, up to the end
 * of the piece or of the record in it.
 */
export class RowFilter {
  readonly #search: LineSearch;
  readonly #reader: RowReader;
  readonly #sink: RowSink;
  #shape: TableShape | null;
  /** Whether all rows are wanted. Then the shape names no column, and the search cannot skip a row without a time. */
  readonly #wantsAll: boolean;
  /** The part of the search's memory that is still to be searched: a row without its end. */
  #from: number;
  #end: number;
  /** Bytes of the text up to `#end`. */
  #bytes = 0;
  #line: number;
  /** Whether everything goes to the reader, and the offset in the text from which on it does. */
  #isReading: boolean;
  #readFrom = 0;

  /**
   * @param shape of the rows; null if the text begins with a header, which the reader will have read
   * @param wantsAll whether all rows are wanted, which are then only cut into cells faster than the reader does it
   */
  constructor(
    search: LineSearch,
    reader: RowReader,
    sink: RowSink,
    shape: TableShape | null = null,
    wantsAll = false,
  ) {
    this.#wantsAll = wantsAll;
    this.#search = search;
    this.#reader = reader;
    this.#sink = sink;
    this.#shape = shape;
    this.#isReading = shape === null;
    this.#line = reader.lineNumber;
    this.#from = this.#end = search.buffer.at;
  }

  /** The line in which the first row is that has not been read whole. */
  get line(): number {
    return this.#isReading ? this.#reader.lineNumber : this.#line;
  }

  /** Bytes of the text in front of that row; null while the reader alone knows. */
  get settled(): number | null {
    return this.#isReading ? null : this.#bytes - (this.#end - this.#from);
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const bytes = chunk.copy(this.#search.buffer.bytes, 0, at);
      this.advance(bytes);
      at += bytes;
    }
  }

  /** Searches the next bytes of the text, which the caller has put into the buffer. */
  advance(bytes: number): void {
    this.#end += bytes;
    this.#bytes += bytes;
    if (this.#isReading) {
      this.#read();
    } else {
      this.#searchRows();
    }
    this.#moveBeforeBuffer();
  }

  /** Ends the text. What follows the last newline is a row, too. */
  end(): void {
    this.#giveToReader();
    this.#reader.end();
    this.#sink.unsearched(this.#readFrom, this.#bytes);
  }

  #searchRows(): void {
    const { memory } = this.#search;
    for (let looked = -1; looked !== this.#from && this.#shape !== null;) {
      looked = this.#from;
      const found = this.#search.scanRows(this.#from, this.#end, this.#shape);
      if (!isUtf8(memory.subarray(this.#from, found.next))) {
        return this.#read();
      }
      this.#handOn(found);
      this.#from = found.next;
      if (found.isOdd) {
        return this.#read();
      }
    }
    if (this.#end - this.#from > longLineBytes) {
      this.#read();
    }
  }

  #handOn({ lines, blank, wanted, notes }: FoundRows): void {
    this.#sink.passed(lines - blank - wanted.length / 3);
    this.#sink.notes(notes, this.#end - this.#bytes);
    for (let at = 0; at < wanted.length; at += 3) {
      const row = this.#search.memory.subarray(wanted[at], wanted[at + 1]);
      this.#reader.line(row, this.#line + (wanted[at + 2] ?? 0));
    }
    this.#line += lines;
  }

  /** Has everything read, and searches again from the first record on that is not whole. */
  #read(): void {
    this.#giveToReader();
    this.#shape ??= this.#shapeRead();
    const held = this.#shape === null ? null : this.#reader.release(longLineBytes);
    if (held !== null) {
      this.#from = this.#end - held.length;
      held.copy(this.#search.memory, this.#from);
      this.#line = this.#reader.lineNumber;
      this.#isReading = false;
      this.#sink.unsearched(this.#readFrom, this.#bytes - held.length);
    }
  }

  #shapeRead(): TableShape | null {
    const { shape } = this.#reader;
    return shape !== null && this.#wantsAll ? { ...shape, roles: [] } : shape;
  }

  #giveToReader(): void {
    if (!this.#isReading) {
      this.#reader.lineNumber = this.#line;
      this.#isReading = true;
      this.#readFrom = this.#bytes - (this.#end - this.#from);
    }
    // A copy, because the reader keeps it.
    const bytes = Buffer.from(this.#search.memory.subarray(this.#from, this.#end));
    this.#from = this.#end;
    if (bytes.length > 0) {
      this.#reader.push(bytes);
    }
  }

  /** Moves the unfinished row in front of the buffer, to make room for the next bytes. */
  #moveBeforeBuffer(): void {
    const { at } = this.#search.buffer;
    const from = at - (this.#end - this.#from);
    this.#search.memory.copyWithin(from, this.#from, this.#end);
    this.#from = from;
    this.#end = at;
  }
}
