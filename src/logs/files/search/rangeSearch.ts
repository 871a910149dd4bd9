import { closeSync, openSync, readSync } from "node:fs";
import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import { Extractor } from "../../../run/extract.ts";
import type { Extract } from "../../../run/signInFiles.ts";
import { InputError } from "../inputError.ts";
import { LineReader } from "../containers/lineReader.ts";
import { nothingShown, seeRecord, type RecordsSeen } from "../recordsSeen.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import type { LineSearch } from "./lineSearch.ts";
import { LineFilter } from "./lineFilter.ts";
import { noteNumbers } from "./notes.ts";
import { ReadingSink } from "./readingSink.ts";
import type { TextBlock } from "./textBlocks.ts";

/** Whole lines of a file. */
export interface LineRange {
  readonly source: string;
  readonly path: string;
  /** Half-open range of bytes. */
  readonly from: number;
  readonly to: number;
}

/** Bytes read at a time, few enough to stay in the processor's cache until they are searched. */
const stepBytes = 128 * 1024;

/** What was found in lines. */
export interface RangeFindings {
  /** Places number the lines of the range from 1. */
  readonly extract: Extract;
  readonly lines: number;
  /** The fields that the parsed records had values for. */
  readonly seen: RecordsSeen;
  /** Notes of all lines (`notes.ts`), by their offset in the range; none if the search takes none. */
  readonly notes: Uint32Array<ArrayBuffer>;
}

/**
 * Reads and searches a range of lines, and parses those that are wanted. Synchronous: a callback would cost more
 * than the read, and the system reads ahead by itself.
 *
 * @throws InputError when the file cannot be read
 */
export function searchRange(
  search: LineSearch,
  range: LineRange,
  how: ClassifyOptions,
): RangeFindings {
  const { source, path, from, to } = range;
  const finder = new Finder(search, source, how);
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    for (let at = from; at < to;) {
      const bytes = readSync(file, search.buffer.bytes, 0, Math.min(stepBytes, to - at), at);
      // The file has shrunk.
      if (bytes === 0) {
        break;
      }
      finder.filter.advance(bytes);
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

/** Does the same for lines in memory. */
export function searchText(
  search: LineSearch,
  { source, text }: TextBlock,
  how: ClassifyOptions,
): RangeFindings {
  const finder = new Finder(search, source, how);
  finder.filter.push(Buffer.from(text.buffer, text.byteOffset, text.byteLength));
  return finder.end();
}

/** Collects the findings in a text that comes in pieces. */
export class Finder {
  readonly filter: LineFilter;
  readonly seen = nothingShown();
  readonly #extractor: Extractor;
  #notes = new Uint32Array(0);
  #length = 0;

  /** @param line the number of the text's first line */
  constructor(search: LineSearch, source: string, how: ClassifyOptions, line = 1) {
    this.#extractor = new Extractor(how);
    const maker = new RecordMaker(source, (entry) => {
      this.#extractor.add(entry);
      if (entry.kind === "record" && entry.isSignIn) {
        seeRecord(this.seen, entry);
      }
    });
    const reader = new LineReader(maker);
    const sink = new ReadingSink(reader, {
      passed: (lines) => this.#extractor.pass(lines),
      notes: (notes, before) => this.#addNotes(notes, before),
    });
    this.filter = new LineFilter(search, sink, line);
  }

  /** Returns what was found since the last call. */
  take(): Extract {
    return this.#extractor.take();
  }

  /** Ends the text. */
  end(): RangeFindings {
    this.filter.end();
    return {
      extract: this.take(),
      lines: this.filter.line - 1,
      seen: this.seen,
      notes: this.#notes.slice(0, this.#length),
    };
  }

  #addNotes(notes: Uint32Array, before: number): void {
    const needed = this.#length + notes.length;
    if (needed > this.#notes.length) {
      const larger = new Uint32Array(2 * needed);
      larger.set(this.#notes);
      this.#notes = larger;
    }
    this.#notes.set(notes, this.#length);
    for (let at = this.#length; at < needed; at += noteNumbers) {
      this.#notes[at] = (this.#notes[at] ?? 0) - before;
    }
    this.#length = needed;
  }
}

function isOfFile(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
