import { closeSync, openSync, readSync } from "node:fs";
import { newlineByte } from "../bytes.ts";
import { InputError } from "../inputError.ts";
import { longLineBytes } from "./lineSearch.ts";

/** Longer than most lines. */
const stepBytes = 8 * 1024;

/**
 * Reads the lines that begin at the given offsets. A line is valid until the next one is asked for.
 *
 * @throws InputError if the file can no longer be read
 */
export function* readLines(
  source: string,
  path: string,
  places: ReadonlySet<number>,
): Generator<Buffer> {
  if (places.size === 0) {
    return;
  }
  let file: number | null = null;
  const buffer = Buffer.allocUnsafe(stepBytes);
  try {
    file = openSync(path, "r");
    for (const place of places) {
      yield readLine(file, place, buffer);
    }
  } catch (error) {
    throw InputError.of(source, error);
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}

/** @returns a view of `buffer`, or of a larger one if the line does not fit */
function readLine(file: number, at: number, buffer: Buffer): Buffer {
  const read = readSync(file, buffer, 0, buffer.length, at);
  const newline = buffer.subarray(0, read).indexOf(newlineByte);
  if (newline !== -1) {
    return buffer.subarray(0, newline);
  }
  return read < buffer.length || buffer.length > longLineBytes
    ? buffer.subarray(0, read)
    : readLine(file, at, Buffer.allocUnsafe(4 * buffer.length));
}
