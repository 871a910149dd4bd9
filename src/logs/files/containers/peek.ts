/** The beginning of a stream of bytes, and whether that was already all of it. */
export interface FileStart {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

/** Takes chunks off the stream until they are `enough`, asked of their bytes together and of the last one, or it ends. */
export async function peek(
  chunks: AsyncIterator<Buffer>,
  enough: (bytes: number, last: Buffer) => boolean,
): Promise<FileStart> {
  // Put together once: chunks may be as small as a byte.
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

/** The stream as it was before `peek`. */
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
