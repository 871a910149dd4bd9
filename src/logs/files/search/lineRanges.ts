import { closeSync, openSync, readSync } from "node:fs";
import { newlineByte } from "../bytes.ts";
import type { Entry } from "../entry.ts";
import { InputError } from "../inputError.ts";
import { longLineBytes } from "./lineSearch.ts";
import type { LineRange } from "./rangeSearch.ts";

/** A file on disk with a JSON object on each line, of which the first ones are read. */
export interface PlainLines {
  readonly source: string;
  readonly path: string;
  readonly bytes: number;
  readonly entries: readonly Entry[];
  /** The last line, which says how far the file reaches; nothing where it was cut off. */
  readonly last: readonly Entry[];
  /** Where the lines begin that are not read yet, in bytes. */
  readonly from: number;
  /** Lines before. */
  readonly lines: number;
}

/** A range takes some milliseconds to search, and what is found in it fits into memory. */
const fullRangeBytes = 8 * 1024 * 1024;

/** More than most lines take. */
const stepBytes = 16 * 1024;

/** A range ends where a line does, up to a long line behind that, which is looked for in steps. */
export const longestRangeBytes = fullRangeBytes + longLineBytes + stepBytes;

/**
 * Cuts what is left of a file into ranges, at newlines. Ends early before a very long line: what begins there is
 * not cut, and has to be read as it comes.
 *
 * @returns where that is; the end of the file where there is none
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

/** The first line that begins at a place or behind it; null where none does for long. */
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
