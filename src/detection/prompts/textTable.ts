import { remember } from "../signin/remember.ts";
import { finish, Slots, stir } from "./slots.ts";

/** The encoding of a text, in the low bits of its first unit. The other bits are its length. */
const guid = 0;
const ascii = 1;
const wide = 2;
const aside = 3;
const kindBits = 2;
const longest = 0xffff >>> kindBits;

const unitsPerChunk = 1 << 15;
/** Size of the first chunk. It doubles until it is as large as the others, because most tables stay small. */
const firstUnits = 1 << 9;

/** The encoded text of the current lookup. Shared by all tables, because a lookup is synchronous. */
const draft = new Uint16Array(longest + 1);

/** The number of texts cached as strings, because few texts occur very often. Most ids occur once. */
const remembered = 1_024;

/**
 * Distinct texts, each with a number above 0; 0 is null. A GUID in lower case takes 18 bytes, other ASCII text its
 * length plus up to 3, and any other text twice its length plus 2. Each takes 5 to 11 more for the hash table.
 * Every string is returned unchanged, including lone surrogates.
 */
export class TextTable {
  /** A text's number is its position, in units over all chunks, plus 1. No text spans two chunks. */
  readonly #chunks: Uint16Array[] = [];
  /** Units used in the last chunk. */
  #used = 0;
  /** Texts too long for a chunk. */
  // Stryker disable next-line ArrayDeclaration: existing elements are never asked for.
  readonly #aside: string[] = [];
  readonly #asideIndex = new Map<string, number>();
  #draftEnd = 0;
  readonly #slots = new Slots((number) => {
    const units = this.#chunkOf(number);
    const start = startOf(number);
    return hashUnits(units, start, start + lengthAt(units, start));
  });
  readonly #isDraft = (number: number) => this.#isSame(number);
  readonly #textAt = remember(
    (number: number) => this.#decode(number),
    remembered,
    (number) => (unitAt(this.#chunkOf(number), startOf(number)) & aside) !== guid,
  );

  /**
   * Returns the number of a text, assigning one if it is new. Returns 0 for a value that is not text, as a damaged
   * file may have.
   */
  numberOf(text: string | null): number {
    if (typeof text !== "string") {
      return 0;
    }
    this.#encode(text);
    const hash = hashUnits(draft, 0, this.#draftEnd);
    const known = this.#slots.find(hash, this.#isDraft);
    if (known !== -1) {
      return known;
    }
    const number = this.#append();
    this.#slots.add(hash, number);
    return number;
  }

  /** @param number a result of `numberOf` */
  textOf(number: number): string | null {
    return number === 0 ? null : this.#textAt(number);
  }

  #encode(text: string): void {
    this.#draftEnd =
      text.length > longest
        ? this.#encodeAside(text)
        : (encodeGuid(text) ?? encodeAscii(text) ?? encodeWide(text));
  }

  #encodeAside(text: string): number {
    let index = this.#asideIndex.get(text);
    if (index === undefined) {
      index = this.#aside.push(text) - 1;
      this.#asideIndex.set(text, index);
    }
    draft.set([aside, index & 0xffff, index >>> 16]);
    return 3;
  }

  /** @returns the number of the draft, which is now stored */
  #append(): number {
    this.#makeRoom().set(draft.subarray(0, this.#draftEnd), this.#used);
    const start = (this.#chunks.length - 1) * unitsPerChunk + this.#used;
    this.#used += this.#draftEnd;
    return start + 1;
  }

  /** @returns the last chunk, which now has space for the draft */
  #makeRoom(): Uint16Array {
    const last = this.#chunks.at(-1);
    const end = this.#used + this.#draftEnd;
    if (last !== undefined && end <= last.length) {
      return last;
    }
    if (last !== undefined && end <= unitsPerChunk) {
      const larger = new Uint16Array(unitsFor(end));
      larger.set(last);
      this.#chunks[0] = larger;
      return larger;
    }
    // Stryker disable next-line ConditionalExpression: a first chunk as large as the others only takes more memory.
    const next = new Uint16Array(last === undefined ? unitsFor(this.#draftEnd) : unitsPerChunk);
    this.#chunks.push(next);
    this.#used = 0;
    return next;
  }

  #chunkOf(number: number): Uint16Array {
    const chunk = this.#chunks[Math.floor((number - 1) / unitsPerChunk)];
    if (chunk === undefined) {
      throw new RangeError(`there is no text ${number}`);
    }
    return chunk;
  }

  #isSame(number: number): boolean {
    const units = this.#chunkOf(number);
    const start = startOf(number);
    for (let index = 0; index < this.#draftEnd; index++) {
      if (units[start + index] !== draft[index]) {
        return false;
      }
    }
    return true;
  }

  #decode(number: number): string {
    const units = this.#chunkOf(number);
    const start = startOf(number);
    const head = unitAt(units, start);
    const length = head >>> kindBits;
    switch (head & aside) {
      case guid:
        return decodeGuid(units, start + 1);
      case ascii:
        return decode(length, (index) => byteAt(units, start + 1, index));
      case wide:
        return decode(length, (index) => unitAt(units, start + 1 + index));
      default:
        // Stryker disable next-line StringLiteral,ArithmeticOperator: only for the compiler; and 65,536 of them are a
        // gigabyte.
        return this.#aside[unitAt(units, start + 1) + unitAt(units, start + 2) * 0x10000] ?? "";
    }
  }
}

/** Returns the size of a first chunk with space for `end` units: a power of two. */
function unitsFor(end: number): number {
  return Math.max(firstUnits, 2 ** Math.ceil(Math.log2(end)));
}

function startOf(number: number): number {
  return (number - 1) % unitsPerChunk;
}

/** Returns the length of the text that begins at `start`, including its first unit. */
function lengthAt(units: Uint16Array, start: number): number {
  const head = unitAt(units, start);
  const length = head >>> kindBits;
  switch (head & aside) {
    case guid:
      return 9;
    case ascii:
      return 1 + Math.ceil(length / 2);
    case wide:
      return 1 + length;
    default:
      return 3;
  }
}

// Stryker disable next-line BlockStatement: a missing hash only costs time.
function hashUnits(units: Uint16Array, from: number, to: number): number {
  let hash = to - from;
  // Stryker disable next-line ConditionalExpression,EqualityOperator,BlockStatement: a hash of fewer units only costs
  // time.
  for (let index = from; index < to; index++) {
    hash = stir(hash, unitAt(units, index));
  }
  return finish(hash);
}

const guidLength = 36;
const hyphen = 45;

function isHyphenPlace(index: number): boolean {
  return index === 8 || index === 13 || index === 18 || index === 23;
}

/** @returns the number of units; null if the text is not a GUID in lower case */
function encodeGuid(text: string): number | null {
  if (text.length !== guidLength) {
    return null;
  }
  let digits = 0;
  let unit = 0;
  for (let index = 0; index < guidLength; index++) {
    const code = text.charCodeAt(index);
    if (isHyphenPlace(index)) {
      if (code !== hyphen) {
        return null;
      }
      continue;
    }
    const digit = code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
    if (digit < 0) {
      return null;
    }
    unit = (unit << 4) | digit;
    draft[1 + (digits >>> 2)] = unit;
    digits++;
  }
  draft[0] = guid;
  return 9;
}

function decodeGuid(units: Uint16Array, start: number): string {
  let digits = 0;
  return decode(guidLength, (index) => {
    if (isHyphenPlace(index)) {
      return hyphen;
    }
    const digit = (unitAt(units, start + (digits >>> 2)) >>> (12 - (digits & 3) * 4)) & 15;
    digits++;
    return digit < 10 ? 48 + digit : 87 + digit;
  });
}

/** @returns the number of units; null if the text is not ASCII */
function encodeAscii(text: string): number | null {
  // Stryker disable next-line EqualityOperator: one step too many writes where nothing is read.
  for (let index = 0; index < text.length; index += 2) {
    const low = text.charCodeAt(index);
    // Stryker disable next-line ConditionalExpression,EqualityOperator,ArithmeticOperator: NaN from behind the end
    // sets no bit either.
    const high = index + 1 < text.length ? text.charCodeAt(index + 1) : 0;
    if (low > 0x7f || high > 0x7f) {
      return null;
    }
    draft[1 + index / 2] = low | (high << 8);
  }
  draft[0] = ascii | (text.length << kindBits);
  return 1 + Math.ceil(text.length / 2);
}

function byteAt(units: Uint16Array, start: number, index: number): number {
  return (unitAt(units, start + (index >>> 1)) >>> ((index & 1) * 8)) & 0xff;
}

function encodeWide(text: string): number {
  // Stryker disable next-line EqualityOperator: one step too many writes where nothing is read.
  for (let index = 0; index < text.length; index++) {
    draft[1 + index] = text.charCodeAt(index);
  }
  draft[0] = wide | (text.length << kindBits);
  return 1 + text.length;
}

/** Characters per call, far below the limit of arguments. */
const atOnce = 1_024;

function decode(length: number, codeAt: (index: number) => number): string {
  let text = "";
  // Stryker disable next-line EqualityOperator: one step too many adds no character.
  for (let start = 0; start < length; start += atOnce) {
    const codes: number[] = [];
    for (let index = start; index < Math.min(length, start + atOnce); index++) {
      codes.push(codeAt(index));
    }
    text += String.fromCharCode(...codes);
  }
  return text;
}

function unitAt(units: Uint16Array, index: number): number {
  return units[index] ?? 0;
}
