import { newlineByte } from "../bytes.ts";
import { longLineBytes } from "./lineSearch.ts";

/** Whole lines of a text that cannot be read twice. */
export interface TextBlock {
  readonly source: string;
  readonly text: Uint8Array<ArrayBuffer>;
}

/** Cuts a text that comes in pieces into blocks of whole lines. */
export class BlockCutter {
  readonly #take: (text: Uint8Array<ArrayBuffer>, line: number) => void;
  /** Transferred to the receiver, with all of its memory. */
  #block = Buffer.allocUnsafeSlow(longLineBytes);
  #used = 0;
  #line: number;

  /**
   * @param line the number of the text's first line
   * @param take receives each block and the number of its first line
   */
  constructor(line: number, take: (text: Uint8Array<ArrayBuffer>, line: number) => void) {
    this.#line = line;
    this.#take = take;
  }

  /** The number of the first line of `held`. */
  get line(): number {
    return this.#line;
  }

  /** The bytes that were pushed but not yet transferred. */
  get held(): Buffer {
    return this.#block.subarray(0, this.#used);
  }

  /** @returns null, or, if a line is too long for a block, the part of the chunk that follows `held` */
  push(chunk: Buffer): Buffer | null {
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(this.#block, this.#used, at);
      at += copied;
      this.#used += copied;
      if (this.#used === this.#block.length && !this.cut()) {
        return chunk.subarray(at);
      }
    }
    return null;
  }

  /** Transfers the whole lines that are held. Reports whether there were any. */
  cut(): boolean {
    const { held } = this;
    const end = held.lastIndexOf(newlineByte) + 1;
    if (end === 0) {
      return false;
    }
    const line = this.#line;
    const block = this.#block.subarray(0, end);
    this.#line += countNewlines(block);
    this.#block = Buffer.allocUnsafeSlow(longLineBytes);
    this.#used = held.copy(this.#block, 0, end);
    this.#take(block, line);
    return true;
  }
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newlineByte); at !== -1; at = bytes.indexOf(newlineByte, at + 1)) {
    count++;
  }
  return count;
}
