import { closeSync, openSync, readSync } from "node:fs";
import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import { Extractor } from "../../../run/extract.ts";
import type { Extract } from "../../../run/ports.ts";
import type { Place } from "../entry.ts";
import { InputError } from "../inputError.ts";
import { LineReader } from "../containers/lineReader.ts";
import { nothingShown, seeRecord, type RecordsSeen } from "../recordsSeen.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import type { LineSearch, Room } from "./lineSearch.ts";
import { LineSieve } from "./lineSieve.ts";
import { ReadingSink } from "./readingSink.ts";
import type { TextBlock } from "./textBlocks.ts";

/** Whole lines of a file. */
export interface LineRange {
  readonly source: string;
  readonly path: string;
  /** Bytes; `to` does not belong to it. */
  readonly from: number;
  readonly to: number;
}

/** So much is read at a time: it stays near the processor until it is searched. */
const stepBytes = 512 * 1024;

/** What was found in lines. */
export interface RangeFindings {
  /** Places count lines from 1, the first of them. */
  readonly extract: Extract<Place>;
  readonly lines: number;
  /** What the parsed records had values for. */
  readonly seen: RecordsSeen;
  /** Pairs for lines that may hold approvals: where one begins, `nameHash` of whom or 0: of anybody. */
  readonly noted: Uint32Array<ArrayBuffer>;
}

/**
 * Reads and searches a range of lines, and takes apart what is wanted. The thread does nothing else before all of
 * it is done: to be told of a read takes longer than the read, and the system reads ahead by itself.
 *
 * @throws InputError when the file cannot be read
 */
export function searchRange(
  search: LineSearch,
  range: LineRange,
  how: ClassifyOptions,
): RangeFindings {
  const { source, path, from, to } = range;
  const [room] = search.rooms;
  const finder = new Finder(search, source, how);
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    for (let at = from; at < to;) {
      const bytes = readSync(file, room.bytes, 0, Math.min(stepBytes, to - at), at);
      // The file has become shorter.
      if (bytes === 0) {
        break;
      }
      finder.sieve.advance(bytes);
      at += bytes;
    }
    return finder.end();
  } catch (error) {
    throw isOfFile(error) ? InputError.of(source, error) : error;
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}

/** The same for lines that are in memory. */
export function searchText(
  search: LineSearch,
  { source, text }: TextBlock,
  how: ClassifyOptions,
): RangeFindings {
  const finder = new Finder(search, source, how);
  finder.sieve.push(Buffer.from(text.buffer, text.byteOffset, text.byteLength));
  return finder.end();
}

/** What is made of the lines of a text that comes piece by piece. */
export class Finder {
  readonly sieve: LineSieve;
  readonly seen = nothingShown();
  readonly #extractor: Extractor<Place>;
  #noted = new Uint32Array(1024);
  #notedLength = 0;

  /**
   * @param line the number of the text's first line
   * @param room of the search's, into which the text is put
   */
  constructor(
    search: LineSearch,
    source: string,
    how: ClassifyOptions,
    line = 1,
    room: Room = search.rooms[0],
  ) {
    this.#extractor = new Extractor<Place>(how);
    const maker = new RecordMaker(source, (entry) => {
      this.#extractor.add(entry);
      if (entry.kind === "record" && entry.isSignIn) {
        seeRecord(this.seen, entry.record);
      }
    });
    const reader = new LineReader(maker);
    const sink = new ReadingSink(reader, {
      passed: (lines) => this.#extractor.pass(lines),
      noted: (pairs, before) => this.#note(pairs, before),
    });
    this.sieve = new LineSieve(search, sink, line, room);
  }

  /** What was found since this was asked last. */
  take(): Extract<Place> {
    return this.#extractor.take();
  }

  /** No more text comes. */
  end(): RangeFindings {
    this.sieve.end();
    return {
      extract: this.take(),
      lines: this.sieve.line - 1,
      seen: this.seen,
      noted: this.#noted.slice(0, this.#notedLength),
    };
  }

  #note(pairs: Uint32Array, before: number): void {
    const needed = this.#notedLength + pairs.length;
    if (needed > this.#noted.length) {
      const larger = new Uint32Array(2 * needed);
      larger.set(this.#noted);
      this.#noted = larger;
    }
    this.#noted.set(pairs, this.#notedLength);
    for (let at = this.#notedLength; at < needed; at += 2) {
      this.#noted[at] = (this.#noted[at] ?? 0) - before;
    }
    this.#notedLength = needed;
  }
}

function isOfFile(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
