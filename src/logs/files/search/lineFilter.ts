import { newlineByte } from "../bytes.ts";
import type { LineSink } from "../containers/lineSplitter.ts";
import { longLineBytes, type Found, type LineSearch, type SearchBuffer } from "./lineSearch.ts";

/** Receives what was found in a text. Lines passed to it are valid until the call returns. */
export interface FilterSink extends LineSink {
  /** This many non-empty lines hold nothing of interest. */
  passed(lines: number): void;
  /** Notes of lines (`notes.ts`). `before` was added to the offset of each line. */
  notes(notes: Uint32Array, before: number): void;
}

/**
 * Takes a text in pieces and passes on the lines that a search wants. Very long lines are not searched and always
 * passed on.
 */
export class LineFilter {
  readonly #search: LineSearch;
  readonly #buffer: SearchBuffer;
  readonly #sink: FilterSink;
  /** The part of the search's memory that is still to be searched: a line without its end. */
  #from: number;
  #end: number;
  /** Bytes of the text up to `#end`. */
  #bytes = 0;
  #line: number;
  #isLong = false;

  /**
   * @param line the number of the text's first line
   */
  constructor(search: LineSearch, sink: FilterSink, line = 1) {
    this.#search = search;
    this.#buffer = search.buffer;
    this.#sink = sink;
    this.#line = line;
    this.#from = this.#end = search.buffer.at;
  }

  /** The number of the line to which the next byte belongs. */
  get line(): number {
    return this.#line;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const bytes = chunk.copy(this.#buffer.bytes, 0, at);
      this.advance(bytes);
      at += bytes;
    }
  }

  /** Searches the next bytes of the text, which the caller has put into the buffer. */
  advance(bytes: number): void {
    this.#end += bytes;
    this.#bytes += bytes;
    if (this.#isLong) {
      this.#followLongLine();
    }
    if (!this.#isLong) {
      this.#searchLines();
    }
    if (this.#end - this.#from > longLineBytes) {
      this.#isLong = true;
    }
    if (this.#isLong && this.#from < this.#end) {
      this.#handOnPart(this.#end);
    }
    this.#moveBeforeBuffer();
  }

  /** Ends the text. What follows the last newline is a line, too. */
  end(): void {
    if (this.#isLong) {
      this.#sink.longLineEnd(this.#line);
    } else if (this.#from < this.#end) {
      this.#search.memory[this.#end] = newlineByte;
      this.#end++;
      this.#bytes++;
      this.#searchLines();
    }
  }

  /** Moves the unfinished line in front of the buffer, to make room for the next bytes. */
  #moveBeforeBuffer(): void {
    const { at } = this.#buffer;
    const from = at - (this.#end - this.#from);
    this.#search.memory.copyWithin(from, this.#from, this.#end);
    this.#from = from;
    this.#end = at;
  }

  #followLongLine(): void {
    const newline = this.#search.memory.subarray(this.#from, this.#end).indexOf(newlineByte);
    if (newline === -1) {
      return;
    }
    this.#handOnPart(this.#from + newline);
    this.#sink.longLineEnd(this.#line);
    this.#isLong = false;
    this.#from++;
    this.#line++;
  }

  #handOnPart(end: number): void {
    // A copy, because the sink keeps it.
    this.#sink.longLine(Buffer.from(this.#search.memory.subarray(this.#from, end)), this.#line);
    this.#from = end;
  }

  #searchLines(): void {
    for (let looked = -1; looked !== this.#from;) {
      looked = this.#from;
      const found = this.#search.scan(this.#from, this.#end);
      this.#handOn(found);
      this.#from = found.next;
    }
  }

  #handOn({ lines, blank, wanted, notes }: Found): void {
    const passed = lines - blank - wanted.length / 3;
    if (passed > 0) {
      this.#sink.passed(passed);
    }
    if (notes.length > 0) {
      this.#sink.notes(notes, this.#end - this.#bytes);
    }
    for (let at = 0; at < wanted.length; at += 3) {
      const bytes = this.#search.memory.subarray(wanted[at], wanted[at + 1]);
      this.#sink.line(bytes, this.#line + (wanted[at + 2] ?? 0));
    }
    this.#line += lines;
  }
}
