import {
  backslash,
  closeArray,
  closeObject,
  colon,
  comma,
  newlineByte,
  openArray,
  openObject,
  quoteByte,
} from "../bytes.ts";

/** Longer than any requested key. */
const maxKeyBytes = 16;

/**
 * Scans one JSON object and stops at each array that is a member under one of `keys`, so that the array's elements
 * can be taken one by one. The scan resumes at the array's closing bracket.
 */
export class ObjectScan {
  readonly #keys: ReadonlySet<string>;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #text = "";
  #key: string | null = null;
  #done = false;

  constructor(keys: ReadonlySet<string>) {
    this.#keys = keys;
  }

  get done(): boolean {
    return this.#done;
  }

  /** Returns the index behind the scanned bytes, and the key of the array if it stopped for one. */
  advance(bytes: Buffer, from: number): { readonly at: number; readonly halt: string | null } {
    const end = bytes.length;
    let at = from;
    while (at < end) {
      if (this.#inString) {
        at = this.#skipString(bytes, at);
        if (this.#done) {
          return { at, halt: null };
        }
        continue;
      }
      const byte = bytes[at++];
      if (byte === quoteByte) {
        this.#inString = true;
        this.#text = "";
      } else if (byte === openObject || byte === openArray) {
        this.#depth++;
        if (
          byte === openArray &&
          this.#depth === 2 &&
          this.#key !== null &&
          this.#keys.has(this.#key)
        ) {
          return { at, halt: this.#key };
        }
      } else if (byte === closeObject || byte === closeArray) {
        this.#depth--;
        if (this.#depth <= 0) {
          this.#done = true;
          return { at, halt: null };
        }
      } else if (this.#depth === 1 && byte === colon) {
        this.#key = this.#text.toLowerCase();
      } else if (this.#depth === 1 && byte === comma) {
        this.#key = null;
      }
    }
    return { at, halt: null };
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
        this.#remember(bytes, from, at);
        this.#inString = false;
        return at + 1;
      }
      // A JSON string contains no newline. Its end was lost, and it is better to read what follows than to lose it,
      // too.
      if (byte === newlineByte) {
        this.#done = true;
        return at;
      }
      at += byte === backslash ? 2 : 1;
    }
    this.#escaped = at > end;
    this.#remember(bytes, from, end);
    return end;
  }

  /** A string at the first level may be a key. Only a short one is kept. */
  #remember(bytes: Buffer, from: number, to: number): void {
    if (this.#depth !== 1) {
      return;
    }
    const room = maxKeyBytes - this.#text.length;
    this.#text += bytes.toString("latin1", from, Math.min(to, from + room));
  }
}
