import { newlineByte } from "../bytes.ts";
import type { LineSink } from "../containers/lineSplitter.ts";
import { longLineBytes, type Found, type LineSearch, type Room } from "./lineSearch.ts";

/** Told what is in a text. Lines that are handed on are valid until the call returns. */
export interface SieveSink extends LineSink {
  /** So many lines with something in them hold nothing of interest. */
  passed(lines: number): void;
  /**
   * Lines were passed, but may hold what a second look finds. Pairs: where a line begins, which is so many bytes
   * less `before` from the beginning of the text, and the hash of a name in it; 0: it may be anybody's.
   */
  noted(pairs: Uint32Array, before: number): void;
}

/**
 * Takes a text piece by piece and hands on the lines that a search wants, and those that are not searched: the
 * very long ones.
 */
export class LineSieve {
  readonly #search: LineSearch;
  readonly #room: Room;
  readonly #sink: SieveSink;
  /** What stands in the search's memory and is still to be looked at: a line without its end. */
  #from: number;
  #end: number;
  /** Of the text, up to `#end`. */
  #bytes = 0;
  #line: number;
  #isLong = false;

  /**
   * @param line the number of the text's first line
   * @param room of the search's
   */
  constructor(search: LineSearch, sink: SieveSink, line = 1, room: Room = search.rooms[0]) {
    this.#search = search;
    this.#room = room;
    this.#sink = sink;
    this.#line = line;
    this.#from = this.#end = room.at;
  }

  /** The number of the line that what comes next belongs to. */
  get line(): number {
    return this.#line;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const bytes = chunk.copy(this.#room.bytes, 0, at);
      this.advance(bytes);
      at += bytes;
    }
  }

  /** The next bytes of the text were put into the room. */
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
    this.#moveBeforeRoom();
  }

  /** No more text comes; what stands behind the last newline is a line too. */
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

  /** Out of the way of what comes next. */
  #moveBeforeRoom(): void {
    const { at } = this.#room;
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
    // A copy, as it is kept for a while.
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

  #handOn({ lines, blank, wanted, names }: Found): void {
    const passed = lines - blank - wanted.length / 3;
    if (passed > 0) {
      this.#sink.passed(passed);
    }
    if (names.length > 0) {
      this.#sink.noted(names, this.#end - this.#bytes);
    }
    for (let at = 0; at < wanted.length; at += 3) {
      const bytes = this.#search.memory.subarray(wanted[at], wanted[at + 1]);
      this.#sink.line(bytes, this.#line + (wanted[at + 2] ?? 0));
    }
    this.#line += lines;
  }
}
