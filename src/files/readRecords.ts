import type { Entry } from "./entry.ts";
import type { LogFile } from "./findLogFiles.ts";
import { readChunks } from "./readChunks.ts";
import type { ReadOptions } from "./readChunks.ts";
import { readLogFile } from "./readLogFile.ts";

export type { Entry, Place } from "./entry.ts";
export type { ReadOptions } from "./readChunks.ts";

/**
 * Reads sign-in logs, file after file, as raw records in the order they stand in. Containers and
 * compression are recognised by content: NDJSON, JSON arrays, `records` envelopes, query answers of
 * Log Analytics and objects one after the other; plain or gzip; UTF-8 or, with a byte order mark, UTF-16.
 *
 * Memory does not grow with the input. Entries come in batches of what one read brought; a record
 * that cannot be read is an entry of its own and never ends the reading. Ending the iteration early
 * closes the file.
 *
 * @throws InputError when a file cannot be read or is no log of a known shape, possibly after
 *   batches of it were given out; the signal's reason when it is aborted.
 */
export async function* readRecords(
  inputs: readonly LogFile[],
  options: ReadOptions = {},
): AsyncGenerator<readonly Entry[]> {
  for (const file of inputs) yield* readLogFile(file, readChunks(file, options));
}
