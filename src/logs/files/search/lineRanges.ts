import { closeSync, openSync, readSync } from "node:fs";
import { newlineByte } from "../bytes.ts";
import type { Entry } from "../entry.ts";
import { InputError } from "../inputError.ts";
import { longLineBytes } from "./lineSearch.ts";
import type { LineRange } from "./rangeSearch.ts";

/** A file on disk with a JSON object on each line. The first lines have been read. */
export interface PlainLines {
  readonly source: string;
  readonly path: string;
  readonly bytes: number;
  readonly entries: readonly Entry[];
  /** The last line, which shows how far the file reaches; empty if it was cut off. */
  readonly last: readonly Entry[];
  /** Offset of the first line that has not been read, in bytes. */
  readonly from: number;
  /** The number of lines before that. */
  readonly lines: number;
}

/** Searching a range takes a few milliseconds, and its findings fit into memory. */
export const fullRangeBytes = 8 * 1024 * 1024;

/** Longer than most lines. */
const stepBytes = 16 * 1024;

/**
 * Cuts the rest of a file into ranges, at newlines. Stops before a very long line: from there on the file has to be
 * read in order.
 *
 * @returns the offset where it stopped, which is the end of the file if there is no very long line
 * @throws InputError when the file cannot be read
 */
export function* cutRanges(
  { source, path, from, bytes }: PlainLines,
  rangeBytes = fullRangeBytes,
): Generator<LineRange, number> {
  let file: number | null = null;
  const step = Buffer.allocUnsafe(stepBytes);
  try {
    file = openSync(path, "r");
    for (let at = from; at < bytes;) {
      const to = at + rangeBytes < bytes ? behindNewline(file, at + rangeBytes, step) : bytes;
      if (to === null) {
        return at;
      }
      yield { source, path, from: at, to };
      at = to;
    }
    return bytes;
  } catch (error) {
    throw InputError.of(source, error);
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}

/** Returns the offset of the first line at or after an offset; null if none starts within a long line. */
function behindNewline(file: number, from: number, step: Buffer): number | null {
  for (let at = from - 1; at < from + longLineBytes; at += step.length) {
    const bytes = readSync(file, step, 0, step.length, at);
    const newline = step.subarray(0, bytes).indexOf(newlineByte);
    if (newline !== -1) {
      return at + newline + 1;
    }
    if (bytes < step.length) {
      return at + bytes;
    }
  }
  return null;
}
