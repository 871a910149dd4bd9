/** The beginning of a stream of bytes, and whether that was already all of it. */
export interface Head {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

/** Takes chunks off the stream until they are `enough` or the stream ends. */
export async function peek(
  chunks: AsyncIterator<Buffer>,
  enough: (bytes: Buffer) => boolean,
): Promise<Head> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return { bytes, whole: true };
    bytes = bytes.length === 0 ? next.value : Buffer.concat([bytes, next.value]);
    if (enough(bytes)) return { bytes, whole: false };
  }
}

/** The stream as it was before `peek`. */
export async function* resume(head: Head, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.bytes.length > 0) yield head.bytes;
  if (!head.whole) yield* chunks;
}
