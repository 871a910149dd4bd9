import { closeSync, openSync, read } from "node:fs";
import { promisify } from "node:util";
import { InputError } from "../inputError.ts";
import type { LineRange } from "./rangeSearch.ts";

const readInto = promisify(read);

/** Reads a range of a file into a buffer, as much at a time as fits. Reading starts at once. */
export class RangeReading {
  readonly #range: LineRange;
  readonly #buffer: Buffer;
  readonly #file: number;
  #at: number;
  #reading: Promise<number>;

  /** @throws InputError when the file cannot be opened */
  constructor(range: LineRange, buffer: Buffer) {
    this.#range = range;
    this.#buffer = buffer;
    this.#at = range.from;
    try {
      this.#file = openSync(range.path, "r");
    } catch (error) {
      throw InputError.of(range.source, error);
    }
    this.#reading = this.#read();
  }

  /**
   * Waits for the next bytes, which follow the previous ones in the buffer, and returns their number: 0 at the end
   * of the range, or of a file that has shrunk.
   *
   * @throws InputError when the file cannot be read
   */
  async next(): Promise<number> {
    const bytes = await this.#reading;
    this.#at += bytes;
    return bytes;
  }

  /** Reads on: the bytes in the buffer are no longer needed. */
  goOn(): void {
    this.#reading = this.#read();
  }

  end(): void {
    const close = () => closeSync(this.#file);
    this.#reading.then(close, close);
  }

  async #read(): Promise<number> {
    const wanted = Math.min(this.#buffer.length, this.#range.to - this.#at);
    if (wanted === 0) {
      return 0;
    }
    try {
      const { bytesRead } = await readInto(this.#file, this.#buffer, 0, wanted, this.#at);
      return bytesRead;
    } catch (error) {
      throw InputError.of(this.#range.source, error);
    }
  }
}
