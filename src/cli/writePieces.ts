import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StateError } from "../state/disk/stateError.ts";
import type { Output } from "./command.ts";

/**
 * Writes texts to a reader at its pace, and stops when the reader has gone away.
 *
 * @param signal ends it with the signal's reason
 */
export async function writePieces(
  pieces: Iterable<string>,
  output: Output,
  signal?: AbortSignal,
): Promise<void> {
  const target = output instanceof Writable ? output : writableOf(output);
  try {
    await pipeline(Readable.from(pieces), target, {
      end: false,
      ...(signal && { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    if (!(cause instanceof Error && "code" in cause && cause.code === "EPIPE")) {
      throw StateError.of("standard output", "cannot be written", cause);
    }
  }
}

function writableOf(output: Output): Writable {
  return new Writable({
    write(chunk, _, done) {
      output.write(String(chunk));
      done();
    },
  });
}
