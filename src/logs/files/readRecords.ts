import type { Entry } from "./entry.ts";
import type { LogFile } from "./findLogFiles.ts";
import { readChunks } from "./readChunks.ts";
import type { ReadOptions } from "./readChunks.ts";
import { passingOver } from "./passingOver.ts";
import { readLogFile } from "./readLogFile.ts";
import { openZip } from "./containers/readZip.ts";

export type { Entry } from "./entry.ts";
export type { ReadOptions } from "./readChunks.ts";

/**
 * Reads sign-in logs, file after file, as raw records in file order. Containers and compression are recognised by
 * content: NDJSON, JSON arrays, `records` envelopes, pages of Microsoft Graph, query answers of Log Analytics,
 * consecutive objects, and CSV of the portals; plain, gzip or zip; UTF-8 or, with a byte order mark, UTF-16.
 *
 * Memory does not grow with the input. Entries come in one batch per read. A record that cannot be read is an entry
 * of its own and never ends the reading. Ending the iteration early closes the file.
 *
 * @throws InputError if a file cannot be read or is not a log of a known shape, possibly after batches of it were
 *   returned; the signal's reason if aborted
 */
export async function* readRecords(
  inputs: readonly LogFile[],
  options: ReadOptions = {},
): AsyncGenerator<readonly Entry[]> {
  const { signal } = options;
  for (const file of inputs) {
    signal?.throwIfAborted();
    const zip = await openZip(file, options);
    const entries = zip ?? readLogFile(file, readChunks(file, options), options);
    for await (const batch of passingOver(entries, options)) {
      yield batch;
      // A few compressed bytes can become many batches.
      signal?.throwIfAborted();
    }
  }
}
