import { closeSync, openSync, read } from "node:fs";
import { promisify } from "node:util";
import { InputError } from "../inputError.ts";
import type { LineRange } from "./rangeSearch.ts";

const readInto = promisify(read);

/** Reads a range of a file into a room, as much at a time as fits, and begins with it at once. */
export class RangeReading {
  readonly #range: LineRange;
  readonly #room: Buffer;
  readonly #file: number;
  #at: number;
  #reading: Promise<number>;

  /** @throws InputError when the file cannot be opened */
  constructor(range: LineRange, room: Buffer) {
    this.#range = range;
    this.#room = room;
    this.#at = range.from;
    try {
      this.#file = openSync(range.path, "r");
    } catch (error) {
      throw InputError.of(range.source, error);
    }
    this.#reading = this.#read();
  }

  /**
   * How much of the range stands in the room now, behind what stood there before; 0 at its end, or that of a file
   * that has become shorter.
   *
   * @throws InputError when the file cannot be read
   */
  async next(): Promise<number> {
    const bytes = await this.#reading;
    this.#at += bytes;
    return bytes;
  }

  /** What stands in the room is not needed any more. */
  goOn(): void {
    this.#reading = this.#read();
  }

  end(): void {
    const close = () => closeSync(this.#file);
    this.#reading.then(close, close);
  }

  async #read(): Promise<number> {
    const wanted = Math.min(this.#room.length, this.#range.to - this.#at);
    if (wanted === 0) {
      return 0;
    }
    try {
      const { bytesRead } = await readInto(this.#file, this.#room, 0, wanted, this.#at);
      return bytesRead;
    } catch (error) {
      throw InputError.of(this.#range.source, error);
    }
  }
}
