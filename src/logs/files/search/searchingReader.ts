import { newlineByte } from "../bytes.ts";
import { LineReader } from "../containers/lineReader.ts";
import type { RecordMaker } from "../envelopes/recordMaker.ts";
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
 * Reads lines as `LineReader` does until one of them is a sign-in in the names that detection reads: what is no
 * sign-in log at all shows in what was read. From there on a search has them. Lines of other spellings, or with
 * envelopes, are all read.
 */
export class SearchingReader {
  readonly #maker: RecordMaker;
  readonly #reader: LineReader;
  readonly #search: TextSearch;
  #isKnown = false;
  #isOther = false;
  #cutter: BlockCutter | null = null;
  #sieve: LineSieve | null = null;

  constructor(maker: RecordMaker, search: TextSearch) {
    this.#maker = maker;
    this.#reader = new LineReader(
      maker.givingTo((entry) => {
        if (entry.kind === "record" && entry.isSignIn) {
          this.#isKnown ||= entry.isExact;
          this.#isOther ||= !entry.isExact;
        }
        maker.give([entry]);
      }),
    );
    this.#search = search;
  }

  push(chunk: Buffer): void {
    if (this.#sieve !== null) {
      this.#sieve.push(chunk);
    } else if (this.#cutter !== null) {
      this.#cut(this.#cutter, chunk);
    } else if (this.#isKnown && !this.#isOther) {
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
    const { source } = this.#maker;
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
