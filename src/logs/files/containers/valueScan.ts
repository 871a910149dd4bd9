import {
  backslash,
  closeArray,
  closeObject,
  comma,
  isBlank,
  newlineByte,
  openArray,
  openObject,
  quoteByte,
} from "../bytes.ts";

/**
 * Finds the end of one JSON value by its brackets and strings alone. The parser decides whether it is valid. Chunks
 * may be split anywhere, because no byte of a UTF-8 sequence looks like ASCII.
 */
export class ValueScan {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #begun = false;
  #done = false;
  #deepest = 0;

  get done(): boolean {
    return this.#done;
  }

  /** The deepest nesting so far. */
  get deepest(): number {
    return this.#deepest;
  }

  /**
   * Continues at a byte of the value, first its first one. Returns the index behind the last byte that belongs to
   * it.
   */
  advance(bytes: Buffer, from: number): number {
    const end = bytes.length;
    let at = from;
    while (at < end) {
      if (this.#inString) {
        at = this.#skipString(bytes, at);
        if (this.#done) {
          return at;
        }
        continue;
      }
      const byte = bytes[at];
      if (byte === quoteByte) {
        this.#inString = true;
      } else if (byte === openObject || byte === openArray) {
        this.#depth++;
        if (this.#depth > this.#deepest) {
          this.#deepest = this.#depth;
        }
      } else if (byte === closeObject || byte === closeArray) {
        // A bracket that closes nothing ends the scalar before it, or is a broken value itself.
        if (this.#depth === 0) {
          return this.#finish(this.#begun ? at : at + 1);
        }
        this.#depth--;
        if (this.#depth === 0) {
          return this.#finish(at + 1);
        }
      } else if (this.#depth === 0 && (byte === comma || isBlank(byte))) {
        return this.#finish(at);
      }
      this.#begun = true;
      at++;
    }
    return at;
  }

  #skipString(bytes: Buffer, from: number): number {
    const end = bytes.length;
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at++;
    }
    while (at < end) {
      const byte = bytes[at];
      if (byte === quoteByte) {
        this.#inString = false;
        // A string alone is a whole value.
        if (this.#depth === 0) {
          this.#done = true;
        }
        return at + 1;
      }
      // A JSON string contains no newline. Its end was lost, and it is better to read what follows than to lose it,
      // too.
      if (byte === newlineByte) {
        return this.#finish(at);
      }
      at += byte === backslash ? 2 : 1;
    }
    this.#escaped = at > end;
    return end;
  }

  #finish(at: number): number {
    this.#done = true;
    return at;
  }
}
