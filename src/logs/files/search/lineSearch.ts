import { denialSearch, harmlessTexts } from "../../../detection/signin/outcomeText.ts";
import kernel from "./kernel.wat";
import { kinds, markWords, nameKeys, type MarkedWord, type Word } from "./words.ts";

/** One that takes some text at a time, besides the beginning of a line before. */
const oneRoom: Rooms = { rooms: 1, bytes: 1024 * 1024 };

/** A longer line is not searched. */
export const longLineBytes = 1024 * 1024;

// What lies where in the kernel's memory.
const marks = 0x000;
const keyLetters = 0x0b0;
const wordCount = 0x100;
const harmless = 0xa00;
const firstWords = 0x1000;
const hashBits = 12;
const results = 0x1_0000;
const resultsBytes = 0x1_0000;
const everyName = results + resultsBytes;
const namesBytes = 0x1_0000;
/** The kernel looks a little way before and behind what it is told to look at. */
const margin = 256;
const roomCount = everyName + namesBytes + margin;
const page = 0x1_0000;

const wordBytes = 64;
const longestWord = 16;
const markLength = 5;
const letterCase = 0x20;
const harmlessBytes = 144;
const longestHarmless = 64;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly lines: WebAssembly.Global;
  readonly blank: WebAssembly.Global;
  readonly wantedEnd: WebAssembly.Global;
  readonly namesEnd: WebAssembly.Global;
  readonly harmlessEnd: WebAssembly.Global;
  scan(
    from: number,
    end: number,
    wanted: number,
    wantedLimit: number,
    names: number,
    namesLimit: number,
  ): number;
}

/** How many rooms there are for text, and how large each is. */
interface Rooms {
  readonly rooms: number;
  readonly bytes: number;
}

/** A place in the search's memory. */
export interface Room {
  /** Text goes here. */
  readonly bytes: Buffer;
  /** Where that is in `LineSearch.memory`. As much as a long line may stand before it. */
  readonly at: number;
}

/** What was found in some whole lines. Places are those of `LineSearch.memory`. */
export interface Found {
  /** Behind the last line that was looked at. */
  readonly next: number;
  readonly lines: number;
  /** Lines in which nothing stands. */
  readonly blank: number;
  /** For each line that is wanted: where it begins, where its newline stands, and its number from 0. */
  readonly wanted: Uint32Array;
  /** For each name in a line that is noted: where the line begins, and `nameHash`; 0 where it may be anybody. */
  readonly names: Uint32Array;
}

/** Once for all searches of a thread; null where this machine cannot run it. */
let compiled: WebAssembly.Module | null = null;

/** Searches lines for words, by `kernel.wat`. */
export class LineSearch {
  readonly memory: Buffer;
  readonly rooms: readonly [Room, ...Room[]];
  readonly #kernel: Kernel;

  /** Null where this machine cannot run it. */
  static of(words: readonly Word[], rooms = oneRoom): LineSearch | null {
    compiled ??= WebAssembly.validate(kernel) ? new WebAssembly.Module(kernel) : null;
    return compiled && new LineSearch(compiled, words, rooms);
  }

  private constructor(module: WebAssembly.Module, words: readonly Word[], rooms: Rooms) {
    const { exports } = new WebAssembly.Instance(module);
    this.#kernel = exports as Kernel;
    const { memory, harmlessEnd } = this.#kernel;
    const wholeRoom = longLineBytes + rooms.bytes + margin;
    memory.grow(Math.ceil((roomCount + rooms.rooms * wholeRoom) / page) - 1);
    this.memory = Buffer.from(memory.buffer);
    const roomAt = (at: number) => ({ at, bytes: this.memory.subarray(at, at + rooms.bytes) });
    const first = roomCount + longLineBytes;
    const others = Array.from({ length: rooms.rooms - 1 }, (_, index) =>
      roomAt(first + (index + 1) * wholeRoom),
    );
    this.rooms = [roomAt(first), ...others];
    fillTables(memory.buffer, words);
    harmlessEnd.value = writeHarmless(this.memory);
  }

  /**
   * Looks at the whole lines between two places: all of them, or as many as there is room for what is found,
   * which is valid until the next call.
   */
  scan(from: number, end: number): Found {
    const { memory, lines, blank, wantedEnd, namesEnd } = this.#kernel;
    const limits = [results + resultsBytes, everyName + namesBytes] as const;
    const next = this.#kernel.scan(from, end, results, limits[0], everyName, limits[1]);
    return {
      next,
      lines: lines.value,
      blank: blank.value,
      wanted: new Uint32Array(memory.buffer, results, (wantedEnd.value - results) / 4),
      names: new Uint32Array(memory.buffer, everyName, (namesEnd.value - everyName) / 4),
    };
  }
}

function fillTables(memory: ArrayBuffer, words: readonly Word[]): void {
  let at = wordCount;
  for (const key of nameKeys) {
    writeText(new Uint8Array(memory, at, wordBytes), key);
    at += wordBytes;
  }
  const [fourth, otherFourth] = nameKeys.map((key) => key.charCodeAt(3)) as [number, number];
  const shared = ~(fourth ^ otherFourth);
  for (const [index, byte] of [nameKeys[0].charCodeAt(0), shared, fourth & shared].entries()) {
    new Uint8Array(memory, keyLetters + 16 * index, 16).fill(byte);
  }
  const marked = markWords(words).toSorted((a, b) => markHash(a) - markHash(b));
  const firsts = new Uint8Array(memory, firstWords, 1 << hashBits);
  for (const [index, word] of marked.entries()) {
    const hash = markHash(word);
    const next = marked[index + 1];
    const isFollowed = next !== undefined && markHash(next) === hash;
    writeWord(new Uint8Array(memory, at, wordBytes), word, isFollowed);
    writeMark(new Uint8Array(memory, marks, 64), word);
    firsts[hash] ||= at / wordBytes;
    at += wordBytes;
  }
}

function writeWord(bytes: Uint8Array, word: MarkedWord, isFollowed: boolean): void {
  const { text, kind, markAt } = word;
  writeText(bytes, text);
  for (let at = 0; at < longestWord; at++) {
    bytes[at + longestWord] = isLetter(text[at]) ? letterCase : 0;
  }
  bytes[3 * longestWord] = markAt + markLength - 1;
  bytes[3 * longestWord + 2] = kinds[kind];
  bytes[3 * longestWord + 3] = isFollowed ? 1 : 0;
}

/** As far as it is compared. */
function writeText(bytes: Uint8Array, text: string): void {
  const length = Math.min(text.length, longestWord);
  for (let at = 0; at < length; at++) {
    bytes[at] = text.charCodeAt(at);
  }
  bytes.fill(0xff, 2 * longestWord + length, 3 * longestWord);
  bytes[3 * longestWord + 1] = length;
}

/** Returns where they end. */
function writeHarmless(memory: Buffer): number {
  let at = harmless;
  for (const text of harmlessTexts) {
    // With the quote that opens the string.
    const whole = `"${text}`;
    memory.write(whole, at, "latin1");
    memory.fill(0xff, at + longestHarmless + whole.length, at + 2 * longestHarmless);
    const word = denialSearch.find((each) => whole.includes(each)) ?? "";
    memory.set([whole.indexOf(word), whole.length], at + 2 * longestHarmless);
    at += harmlessBytes;
  }
  return at;
}

/** The kernel's hash of a mark: of its first four bytes, letters in lower case. */
function markHash({ text, markAt }: MarkedWord): number {
  const bytes = Buffer.from(text, "latin1").readUInt32LE(markAt) | 0x20202020;
  return Math.imul(bytes, 0x9e3779b1) >>> (32 - hashBits);
}

/** Notes the bytes of the mark by what letters of both cases share: the lower five bits. */
function writeMark(tables: Uint8Array, { text, group, markAt }: MarkedWord): void {
  for (const place of [0, 1, 3, 4]) {
    const at = (place % 3) * 32 + (text.charCodeAt(markAt + place) & 31);
    tables[at] = (tables[at] ?? 0) | (1 << group);
  }
}

function isLetter(char = ""): boolean {
  return /[a-z]/.test(char);
}

/** The kernel's hash of a name: of its bytes, four at a time, up to a multiple of 16. For names in lower case. */
export function nameHash(name: string): number {
  const bytes = Buffer.from(name);
  const padded = Buffer.alloc(bytes.length - (bytes.length % 16) + 16);
  bytes.copy(padded);
  let hash = 0;
  for (let at = 0; at < padded.length; at += 4) {
    hash = Math.imul(((hash << 7) | (hash >>> 25)) + padded.readInt32LE(at), 0x9e3779b1);
  }
  return hash >>> 0;
}
