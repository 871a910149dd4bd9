import { newlineByte } from "../bytes.ts";
import type { Entry } from "../entry.ts";
import { LineReader } from "../lineReader.ts";
import { hasSignInColumn } from "../signInColumns.ts";
import type { LineSearch } from "./lineSearch.ts";
import { LineSieve } from "./lineSieve.ts";
import { ReadingSink } from "./readingSink.ts";
import { BlockCutter, type TextBlock } from "./textBlocks.ts";

/** Who searches a text for the lines that can matter. */
export interface TextSearch {
  /** Searches whole lines, now or later. `line` is the number of the first. */
  readonly block: (block: TextBlock, line: number) => void;
  /** For what comes from a very long line on, which is searched as it comes. */
  readonly lines: LineSearch;
  /** Told how many lines of that are not wanted. */
  readonly onPassed: (lines: number) => void;
}

/**
 * Reads lines as `LineReader` does until one of them is known for a sign-in: what is no sign-in log at all is told
 * by what it has read. From there on a search has them.
 */
export class SearchingReader {
  readonly #source: string;
  readonly #reader: LineReader;
  readonly #search: TextSearch;
  #isKnown = false;
  #cutter: BlockCutter | null = null;
  #sieve: LineSieve | null = null;

  constructor(source: string, emit: (entry: Entry) => void, search: TextSearch) {
    this.#source = source;
    this.#reader = new LineReader(source, (entry) => {
      this.#isKnown ||= entry.kind === "record" && hasSignInColumn(entry.record);
      emit(entry);
    });
    this.#search = search;
  }

  push(chunk: Buffer): void {
    if (this.#sieve !== null) {
      this.#sieve.push(chunk);
    } else if (this.#cutter !== null) {
      this.#cut(this.#cutter, chunk);
    } else if (this.#isKnown) {
      this.#finishLine(chunk);
    } else {
      this.#reader.push(chunk);
    }
  }

  end(): void {
    this.#reader.end();
    if (this.#sieve !== null) {
      this.#sieve.end();
    } else if (this.#cutter !== null) {
      this.#cutter.cut();
      // The last line, which may have been cut off.
      this.#reader.line(this.#cutter.held, this.#cutter.line);
    }
  }

  /** Begins to search behind the line that was begun. */
  #finishLine(chunk: Buffer): void {
    const behind = chunk.indexOf(newlineByte) + 1;
    if (behind === 0) {
      return this.#reader.push(chunk);
    }
    this.#reader.push(chunk.subarray(0, behind));
    const source = this.#source;
    this.#cutter = new BlockCutter(this.#reader.lineNumber, (text, line) =>
      this.#search.block({ source, text }, line),
    );
    this.#cut(this.#cutter, chunk.subarray(behind));
  }

  #cut(cutter: BlockCutter, chunk: Buffer): void {
    const left = cutter.push(chunk);
    if (left === null) {
      return;
    }
    const { lines, onPassed } = this.#search;
    const sink = new ReadingSink(this.#reader, { passed: onPassed, noted: () => {} });
    this.#sieve = new LineSieve(lines, sink, cutter.line);
    this.#sieve.push(cutter.held);
    this.#sieve.push(left);
  }
}
