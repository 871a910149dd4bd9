import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  NEWLINE,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from "./bytes.ts";

/** Longer than any key that is asked for. */
const MAX_KEY_BYTES = 16;

/**
 * Walks over one JSON object and halts at each array that is a member of it under one of `keys`, so
 * that the array's elements can be taken one by one. Walking on resumes at the array's closing bracket.
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

  /** Returns the index behind the bytes walked over, and the key of the array it stands in, if it halted for one. */
  advance(bytes: Buffer, from: number): { readonly at: number; readonly halt: string | null } {
    const end = bytes.length;
    let at = from;
    while (at < end) {
      if (this.#inString) {
        at = this.#skipString(bytes, at);
        if (this.#done) return { at, halt: null };
        continue;
      }
      const byte = bytes[at++];
      if (byte === QUOTE) {
        this.#inString = true;
        this.#text = "";
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        this.#depth++;
        if (
          byte === OPEN_ARRAY &&
          this.#depth === 2 &&
          this.#key !== null &&
          this.#keys.has(this.#key)
        ) {
          return { at, halt: this.#key };
        }
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        this.#depth--;
        if (this.#depth <= 0) {
          this.#done = true;
          return { at, halt: null };
        }
      } else if (this.#depth === 1 && byte === COLON) this.#key = this.#text.toLowerCase();
      else if (this.#depth === 1 && byte === COMMA) this.#key = null;
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
      if (byte === QUOTE) {
        this.#remember(bytes, from, at);
        this.#inString = false;
        return at + 1;
      }
      // No string of JSON holds a newline: its end was lost, and what follows is better read than lost too.
      if (byte === NEWLINE) {
        this.#done = true;
        return at;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.#escaped = at > end;
    this.#remember(bytes, from, end);
    return end;
  }

  /** A string at the first level may be a key; only a short one is kept. */
  #remember(bytes: Buffer, from: number, to: number): void {
    if (this.#depth !== 1) return;
    const room = MAX_KEY_BYTES - this.#text.length;
    this.#text += bytes.toString("latin1", from, Math.min(to, from + room));
  }
}
