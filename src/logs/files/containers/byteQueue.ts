/** The stream ended before the requested number of bytes. */
export class StreamEnd extends Error {
  override readonly name = "StreamEnd";
}

/** Takes a requested number of bytes at a time from a stream. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #most: number;
  #held: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterator<Buffer>, most: number) {
    this.#chunks = chunks;
    this.#most = most;
  }

  async isDone(): Promise<boolean> {
    return !(await this.#fill(1));
  }

  /** @throws StreamEnd if there are fewer */
  async take(count: number): Promise<Buffer> {
    if (count > this.#most || !(await this.#fill(count))) {
      throw new StreamEnd("it ends too early");
    }
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  async #fill(count: number): Promise<boolean> {
    if (this.#held.length >= count) {
      return true;
    }
    const parts = [this.#held];
    let length = this.#held.length;
    while (length < count) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        break;
      }
      parts.push(next.value);
      length += next.value.length;
    }
    this.#held = Buffer.concat(parts);
    return length >= count;
  }
}
