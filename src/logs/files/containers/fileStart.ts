/** The beginning of a byte stream, and whether that is all of it. */
export interface FileStart {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

/** Reads chunks until `enough`, given their total size and the last one, is true, or the stream ends. */
export async function readStart(
  chunks: AsyncIterator<Buffer>,
  enough: (bytes: number, last: Buffer) => boolean,
): Promise<FileStart> {
  // Concatenated only once, because chunks may be as small as a byte.
  const parts: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) {
      return { bytes: Buffer.concat(parts), whole: true };
    }
    parts.push(next.value);
    bytes += next.value.length;
    if (enough(bytes, next.value)) {
      return { bytes: Buffer.concat(parts), whole: false };
    }
  }
}

/** Returns the complete stream, including its start. */
export async function* resume(
  head: FileStart,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  if (head.bytes.length > 0) {
    yield head.bytes;
  }
  if (!head.whole) {
    yield* chunks;
  }
}
