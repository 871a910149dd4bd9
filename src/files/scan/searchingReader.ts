import { NEWLINE } from "../bytes.ts";
import type { Entry } from "../entry.ts";
import { LineReader } from "../lineReader.ts";
import { hasSignInColumn } from "../signInColumns.ts";
import type { LineSearch } from "./lineSearch.ts";
import { LineSieve } from "./lineSieve.ts";
import { ReadingSink } from "./readingSink.ts";

/**
 * Reads lines as `LineReader` does, but only those that a search wants. All are read until one of them is known
 * for a sign-in: what is no sign-in log at all is told by what it has read.
 */
export class SearchingReader {
  readonly #reader: LineReader;
  readonly #search: LineSearch;
  readonly #onPassed: (lines: number) => void;
  #isKnown = false;
  #sieve: LineSieve | null = null;

  constructor(
    source: string,
    emit: (entry: Entry) => void,
    search: LineSearch,
    onPassed: (lines: number) => void,
  ) {
    this.#reader = new LineReader(source, (entry) => {
      this.#isKnown ||= entry.kind === "record" && hasSignInColumn(entry.record);
      emit(entry);
    });
    this.#search = search;
    this.#onPassed = onPassed;
  }

  push(chunk: Buffer): void {
    const begun = this.#sieve !== null || !this.#isKnown ? 0 : this.#finishLine(chunk);
    if (this.#sieve === null) this.#reader.push(chunk.subarray(begun));
    else this.#sieve.push(chunk.subarray(begun));
  }

  end(): void {
    this.#reader.end();
    this.#sieve?.end();
  }

  /** Begins to search behind the line that was begun; returns where in the chunk that is. */
  #finishLine(chunk: Buffer): number {
    const behind = chunk.indexOf(NEWLINE) + 1;
    this.#reader.push(chunk.subarray(0, behind));
    if (behind > 0) {
      const sink = new ReadingSink(this.#reader, { passed: this.#onPassed, noted: () => {} });
      this.#sieve = new LineSieve(this.#search, sink, this.#reader.lineNumber);
    }
    return behind;
  }
}
