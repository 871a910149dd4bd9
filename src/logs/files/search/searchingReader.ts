import { newlineByte } from "../bytes.ts";
import { LineReader } from "../containers/lineReader.ts";
import type { RecordMaker } from "../envelopes/recordMaker.ts";
import type { LineSearch } from "./lineSearch.ts";
import { LineFilter } from "./lineFilter.ts";
import { ReadingSink } from "./readingSink.ts";
import { BlockCutter, type TextBlock } from "./textBlocks.ts";

/** Searches a text for the lines that can matter. */
export interface TextSearch {
  /** Searches whole lines, now or later. @param line the number of the first */
  readonly block: (block: TextBlock, line: number) => void;
  /** Used from the first very long line on, where text is searched as it arrives. */
  readonly lines: LineSearch;
  /** Receives the number of those lines that are not wanted. */
  readonly onPassed: (lines: number) => void;
}

/**
 * Reads lines as `LineReader` does until one of them is a sign-in under the names that detection reads, and searches
 * the rest. So a file that is no sign-in log, or has other names or envelopes, is read in full.
 */
export class SearchingReader {
  readonly #maker: RecordMaker;
  readonly #reader: LineReader;
  readonly #search: TextSearch;
  #isKnown = false;
  #isOther = false;
  #cutter: BlockCutter | null = null;
  #filter: LineFilter | null = null;

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
    if (this.#filter !== null) {
      this.#filter.push(chunk);
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
    if (this.#filter !== null) {
      this.#filter.end();
    } else if (this.#cutter !== null) {
      this.#cutter.cut();
      // The last line may be cut off.
      this.#reader.line(this.#cutter.held, this.#cutter.line);
    }
  }

  /** Starts the search after the current line. */
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
    const sink = new ReadingSink(this.#reader, { passed: onPassed, notes: () => {} });
    this.#filter = new LineFilter(lines, sink, cutter.line);
    this.#filter.push(cutter.held);
    this.#filter.push(left);
  }
}
