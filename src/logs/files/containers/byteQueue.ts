/** There are fewer bytes than were asked for. */
export class StreamEnd extends Error {
  override readonly name = "StreamEnd";
}

/** Takes bytes off a stream, as many as are asked for. */
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

  /** @throws StreamEnd where there are not as many */
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
