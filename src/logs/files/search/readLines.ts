import { closeSync, openSync, readSync } from "node:fs";
import { newlineByte, quoteByte } from "../bytes.ts";
import { InputError } from "../inputError.ts";
import { longLineBytes } from "./lineSearch.ts";
import type { Table } from "./tableSearch.ts";

/** Many lines, so that the neighbours of a line need no read of their own. Reading less is hardly faster. */
const stepBytes = 64 * 1024;

/**
 * Reads the lines, or rows of CSV, that begin at the given offsets. A line is valid until the next one is asked for.
 *
 * @throws InputError if the file can no longer be read
 */
export function* readLines(
  { source, table }: { readonly source: string; readonly table: Table | null },
  path: string,
  places: Iterable<number>,
): Generator<Buffer> {
  const lineIn = table === null ? plainLineIn : rowIn;
  let file: number | null = null;
  let buffer = Buffer.allocUnsafe(stepBytes);
  /** The part of the file that the buffer holds. */
  let held = { from: 0, to: 0 };
  try {
    for (const place of places) {
      file ??= openSync(path, "r");
      let line = place < held.from ? null : lineIn(buffer, place - held.from, held.to - held.from);
      for (let bytes = stepBytes; line === null; bytes *= 4) {
        if (bytes > buffer.length) {
          buffer = Buffer.allocUnsafe(bytes);
        }
        const read = readSync(file, buffer, 0, bytes, place);
        held = { from: place, to: place + read };
        const isWhole = read < bytes || bytes > longLineBytes;
        line = lineIn(buffer, 0, read) ?? (isWhole ? buffer.subarray(0, read) : null);
      }
      yield line;
    }
  } catch (error) {
    throw InputError.of(source, error);
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}

/** Returns the line that begins at an offset, or null if its end is not held. */
function plainLineIn(buffer: Buffer, from: number, held: number): Buffer | null {
  const newline = from < held ? buffer.subarray(0, held).indexOf(newlineByte, from) : -1;
  return newline === -1 ? null : buffer.subarray(from, newline);
}

/** The same for a row, in which newlines between quotes do not count. */
function rowIn(buffer: Buffer, from: number, held: number): Buffer | null {
  let isQuoted = false;
  for (let at = from; at < held; at++) {
    const byte = buffer[at];
    if (byte === quoteByte) {
      isQuoted = !isQuoted;
    } else if (byte === newlineByte && !isQuoted) {
      return buffer.subarray(from, at);
    }
  }
  return null;
}
