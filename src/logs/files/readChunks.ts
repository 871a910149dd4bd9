import { createReadStream } from "node:fs";
import { addAbortSignal, Readable } from "node:stream";
import type { LayoutOptions } from "./containers/fileLayouts.ts";
import type { ByteRange } from "./bytes.ts";
import type { LogFile } from "./findLogFiles.ts";
import { InputError } from "./inputError.ts";
import type { InputTally } from "./inputTally.ts";

/** Large enough that the cost of a read is negligible, small enough that many fit into memory. */
const defaultChunk = 256 * 1024;

export interface ReadOptions extends LayoutOptions {
  /** Read for "-". Default: the process's own standard input. */
  readonly stdin?: NodeJS.ReadableStream;
  readonly signal?: AbortSignal;
  /** Whether to return all records, including those of files that are not sign-in logs. */
  readonly anyKind?: boolean;
  /** Collects the kinds of the files. */
  readonly tally?: InputTally;
  /** Called with the number of bytes of each read, as they are on disk (compressed ones compressed). */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Returns the bytes of a file, of a part of it or of standard input. Ending the iteration early closes the file.
 *
 * @throws InputError if it cannot be opened or read; the signal's reason if aborted
 */
export async function* readChunks(
  file: LogFile,
  options: ReadOptions,
  range?: ByteRange,
  chunkBytes = defaultChunk,
): AsyncGenerator<Buffer> {
  const { signal, onBytes } = options;
  signal?.throwIfAborted();
  // A stream cannot be told to read nothing.
  if (range?.bytes === 0) {
    return;
  }
  try {
    for await (const chunk of open(file, options, range, chunkBytes)) {
      signal?.throwIfAborted();
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      onBytes?.(bytes.length);
      yield bytes;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw InputError.of(file.source, error);
  }
}

function open(
  file: LogFile,
  options: ReadOptions,
  range: ByteRange | undefined,
  chunkBytes: number,
): AsyncIterable<Buffer | string> {
  const { signal } = options;
  if (file.path !== null) {
    return createReadStream(file.path, {
      highWaterMark: chunkBytes,
      ...(range && { start: range.from, end: range.from + range.bytes - 1 }),
      ...(signal && { signal }),
    });
  }
  // Node prepares its own input at the first use, which takes a while.
  const { stdin = process.stdin } = options;
  // A pipe may stay silent for ever, so the signal must end the wait, not only the loop.
  if (signal && stdin instanceof Readable) {
    addAbortSignal(signal, stdin);
  }
  return stdin;
}
