import { denialSearch, harmlessTexts } from "../../detection/outcome.ts";
import kernel from "./kernel.wat";
import { groupWords, kinds, nameKeys, type MarkedWord, type Word } from "./words.ts";

/** As much text is taken at a time, besides the beginning of a line before. */
const ROOM_BYTES = 1024 * 1024;

/** A longer line is not searched. */
export const LONG_LINE_BYTES = 1024 * 1024;

// What lies where in the kernel's memory.
const MARKS = 0x000;
const GROUPS = 0x080;
const KEY_LETTERS = 0x0b0;
const WORDS = 0x100;
const HARMLESS = 0xa00;
const RESULTS = 0x1_0000;
const RESULTS_BYTES = 0x1_0000;
const NAMES = RESULTS + RESULTS_BYTES;
const NAMES_BYTES = 0x1_0000;
/** The kernel looks a little way before and behind what it is told to look at. */
const MARGIN = 256;
const ROOM = NAMES + NAMES_BYTES + MARGIN + LONG_LINE_BYTES;
const END = ROOM + ROOM_BYTES + MARGIN;
const PAGE = 0x1_0000;

const WORD_BYTES = 64;
const LONGEST_WORD = 16;
const MARK_LENGTH = 3;
const LETTER_CASE = 0x20;
const HARMLESS_BYTES = 144;
const LONGEST_HARMLESS = 64;

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

/** A place in the search's memory. */
interface Room {
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
  readonly room: Room;
  readonly #kernel: Kernel;

  /** Null where this machine cannot run it. */
  static of(words: readonly Word[]): LineSearch | null {
    compiled ??= WebAssembly.validate(kernel) ? new WebAssembly.Module(kernel) : null;
    return compiled && new LineSearch(compiled, words);
  }

  private constructor(module: WebAssembly.Module, words: readonly Word[]) {
    const { exports } = new WebAssembly.Instance(module);
    this.#kernel = exports as Kernel;
    const { memory, harmlessEnd } = this.#kernel;
    memory.grow(Math.ceil(END / PAGE) - 1);
    this.memory = Buffer.from(memory.buffer);
    this.room = { at: ROOM, bytes: this.memory.subarray(ROOM, ROOM + ROOM_BYTES) };
    fillTables(memory.buffer, words);
    harmlessEnd.value = writeHarmless(this.memory);
  }

  /**
   * Looks at the whole lines between two places: all of them, or as many as there is room for what is found,
   * which is valid until the next call.
   */
  scan(from: number, end: number): Found {
    const { memory, lines, blank, wantedEnd, namesEnd } = this.#kernel;
    const limits = [RESULTS + RESULTS_BYTES, NAMES + NAMES_BYTES] as const;
    const next = this.#kernel.scan(from, end, RESULTS, limits[0], NAMES, limits[1]);
    return {
      next,
      lines: lines.value,
      blank: blank.value,
      wanted: new Uint32Array(memory.buffer, RESULTS, (wantedEnd.value - RESULTS) / 4),
      names: new Uint32Array(memory.buffer, NAMES, (namesEnd.value - NAMES) / 4),
    };
  }
}

function fillTables(memory: ArrayBuffer, words: readonly Word[]): void {
  const view = new DataView(memory);
  let at = WORDS;
  for (const [index, key] of nameKeys.entries()) {
    writeText(new Uint8Array(memory, at, WORD_BYTES), key);
    new Uint8Array(memory, KEY_LETTERS, 16).fill(key.charCodeAt(0));
    new Uint8Array(memory, KEY_LETTERS + 16 * (index + 1), 16).fill(key.charCodeAt(3));
    at += WORD_BYTES;
  }
  for (const [group, members] of groupWords(words).entries()) {
    view.setUint32(GROUPS + 4 * group, at, true);
    for (const word of members) {
      writeWord(new Uint8Array(memory, at, WORD_BYTES), word);
      writeMark(new Uint8Array(memory, MARKS, MARK_LENGTH * 32), word, 1 << group);
      at += WORD_BYTES;
    }
    view.setUint32(GROUPS + 4 * group + 4, at, true);
  }
}

function writeWord(bytes: Uint8Array, { text, kind, markAt }: MarkedWord): void {
  writeText(bytes, text);
  for (let at = 0; at < LONGEST_WORD; at++)
    bytes[at + LONGEST_WORD] = isLetter(text[at]) ? LETTER_CASE : 0;
  bytes[3 * LONGEST_WORD] = markAt + MARK_LENGTH - 1;
  bytes[3 * LONGEST_WORD + 2] = kinds[kind];
}

/** As far as it is compared. */
function writeText(bytes: Uint8Array, text: string): void {
  const length = Math.min(text.length, LONGEST_WORD);
  for (let at = 0; at < length; at++) bytes[at] = text.charCodeAt(at);
  bytes.fill(0xff, 2 * LONGEST_WORD + length, 3 * LONGEST_WORD);
  bytes[3 * LONGEST_WORD + 1] = length;
}

/** Returns where they end. */
function writeHarmless(memory: Buffer): number {
  let at = HARMLESS;
  for (const text of harmlessTexts) {
    // With the quote that opens the string.
    const whole = `"${text}`;
    memory.write(whole, at, "latin1");
    memory.fill(0xff, at + LONGEST_HARMLESS + whole.length, at + 2 * LONGEST_HARMLESS);
    const word = denialSearch.find((each) => whole.includes(each)) ?? "";
    memory.set([whole.indexOf(word), whole.length], at + 2 * LONGEST_HARMLESS);
    at += HARMLESS_BYTES;
  }
  return at;
}

/** Notes each byte of the mark, letters in both cases, by its lower and by its upper half. */
function writeMark(tables: Uint8Array, { text, markAt }: MarkedWord, group: number): void {
  for (let place = 0; place < MARK_LENGTH; place++) {
    const byte = text.charCodeAt(markAt + place);
    const other = isLetter(text[markAt + place]) ? byte - LETTER_CASE : byte;
    for (const each of [byte, other]) {
      const lower = place * 32 + (each & 15);
      const upper = place * 32 + 16 + (each >> 4);
      tables[lower] = (tables[lower] ?? 0) | group;
      tables[upper] = (tables[upper] ?? 0) | group;
    }
  }
}

function isLetter(char = ""): boolean {
  return /[a-z]/.test(char);
}

/** The kernel's hash of a name: FNV-1a of its bytes. For names in lower case. */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
