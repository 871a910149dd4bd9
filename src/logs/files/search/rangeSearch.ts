import { readSync } from "node:fs";
import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import type { Extract } from "../../../run/signInFiles.ts";
import type { ByteRange } from "../bytes.ts";
import { LineReader } from "../containers/lineReader.ts";
import type { RecordsSeen } from "../recordsSeen.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import { Collected } from "./collected.ts";
import type { LineSearch } from "./lineSearch.ts";
import { LineFilter } from "./lineFilter.ts";
import { ReadingSink } from "./readingSink.ts";
import type { TextBlock } from "./textBlocks.ts";
import { withFile } from "./withFile.ts";

/** Whole lines of a file. */
export interface LineRange {
  readonly source: string;
  readonly path: string;
  /** Half-open range of bytes. */
  readonly from: number;
  readonly to: number;
}

/** Bytes read at a time, few enough to stay in the processor's cache until they are searched. */
export const stepBytes = 128 * 1024;

/** What was found in lines. */
export interface RangeFindings {
  /** Places number the lines of the range from 1. */
  readonly extract: Extract;
  readonly lines: number;
  /** The fields that the parsed records had values for. */
  readonly seen: RecordsSeen;
  /** Notes of all lines (`notes.ts`), by their offset in the range; none if the search takes none. */
  readonly notes: Uint32Array<ArrayBuffer>;
  /** Offset in the file behind the last row of a table, which may lie behind the range. */
  readonly to?: number;
  /** The parts of the file with rows of a table that were read, but have no notes. */
  readonly unsearched?: readonly ByteRange[];
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
  const { source, from, to } = range;
  const finder = new Finder(search, source, how);
  return withFile(range, (file) => {
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
  });
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
  readonly #collected: Collected;

  /** @param line the number of the text's first line */
  constructor(search: LineSearch, source: string, how: ClassifyOptions, line = 1) {
    const collected = new Collected(how);
    const maker = new RecordMaker(source, (entry) => collected.add(entry));
    const sink = new ReadingSink(new LineReader(maker), {
      passed: (lines) => collected.pass(lines),
      notes: (notes, before) => collected.addNotes(notes, before),
    });
    this.#collected = collected;
    this.filter = new LineFilter(search, sink, line);
  }

  get seen(): RecordsSeen {
    return this.#collected.seen;
  }

  /** Returns what was found since the last call. */
  take(): Extract {
    return this.#collected.take();
  }

  /** Ends the text. */
  end(): RangeFindings {
    this.filter.end();
    const { seen, notes } = this.#collected;
    return { extract: this.take(), lines: this.filter.line - 1, seen, notes };
  }
}
