import { createReadStream } from "node:fs";
import { addAbortSignal, Readable } from "node:stream";
import type { LogFile } from "./findLogFiles.ts";
import { InputError } from "./inputError.ts";

/** Large enough that the cost of a read vanishes, small enough that many fit into memory. */
const CHUNK_BYTES = 256 * 1024;

export interface ReadOptions {
  /** Read for "-"; the process's own by default. */
  readonly stdin?: NodeJS.ReadableStream;
  readonly signal?: AbortSignal;
  /** Told how many bytes each read brought, as they are on disk (compressed ones compressed). */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * The bytes of a file or of standard input. Ending the iteration early closes the file.
 *
 * @throws InputError when it cannot be opened or read; the signal's reason when aborted.
 */
export async function* readChunks(
  file: LogFile,
  options: ReadOptions,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Buffer> {
  const { signal, onBytes } = options;
  signal?.throwIfAborted();
  try {
    for await (const chunk of open(file, options, chunkBytes)) {
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
  chunkBytes: number,
): AsyncIterable<Buffer | string> {
  const { stdin = process.stdin, signal } = options;
  if (file.path !== null) {
    return createReadStream(file.path, { highWaterMark: chunkBytes, ...(signal && { signal }) });
  }
  // A pipe may stay silent for ever: the signal has to end the wait, not only the loop.
  if (signal && stdin instanceof Readable) addAbortSignal(signal, stdin);
  return stdin;
}
