import { denialSearch, harmlessTexts } from "../../../detection/signin/outcomeText.ts";
import type { ColumnRole, TableShape } from "../containers/tableShape.ts";
import kernel from "./kernel.wat";
import { noteKeys } from "./notes.ts";
import { kinds, markLength, markWords, type MarkedWord, type Word } from "./words.ts";

/** Bytes of text, besides the beginning of a line from before. */
const bufferBytes = 1024 * 1024;

/** Lines longer than this are not searched. */
export const longLineBytes = 1024 * 1024;

// Layout of the kernel's memory.
const marks = 0x000;
const wordCount = 0x100;
const harmless = 0xa00;
const firstWords = 0x1000;
const hashBits = 12;
const tableRoles = 0x2000;
const rows = 0x6100;
const rowsEnd = 0x1_0000;
const results = 0x1_0000;
const resultsBytes = 0x1_0000;
const noted = results + resultsBytes;
const notedBytes = 0x1_0000;
/** The kernel reads a little before and behind the range that it is given. */
const margin = 256;
/** Behind space for a long line. */
const bufferAt = noted + notedBytes + margin + longLineBytes;
const page = 0x1_0000;

const wordBytes = 64;
const longestWord = 16;
const letterCase = 0x20;
const harmlessBytes = 144;
const longestHarmless = 64;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly lines: WebAssembly.Global;
  readonly blank: WebAssembly.Global;
  readonly wantedEnd: WebAssembly.Global;
  readonly notesEnd: WebAssembly.Global;
  readonly harmlessEnd: WebAssembly.Global;
  readonly notes: WebAssembly.Global;
  readonly table: WebAssembly.Global;
  readonly delimiter: WebAssembly.Global;
  readonly columns: WebAssembly.Global;
  readonly rolesEnd: WebAssembly.Global;
  readonly rows: WebAssembly.Global;
  readonly isOdd: WebAssembly.Global;
  scanRows(
    from: number,
    end: number,
    parts: number,
    wanted: number,
    wantedLimit: number,
    noted: number,
    notedLimit: number,
  ): number;
  scan(
    from: number,
    end: number,
    wanted: number,
    wantedLimit: number,
    noted: number,
    notedLimit: number,
  ): number;
}

/** Which lines are noted: those that may have an approval, or all. */
export type NotedLines = "approvals" | "all";

export interface SearchOptions {
  /** Default: no notes. */
  readonly notes?: NotedLines;
}

const allLines = 8;

/** A part of the search's memory that text is put into. */
export interface SearchBuffer {
  /** Where text is written. */
  readonly bytes: Buffer;
  /** Offset of `bytes` in `LineSearch.memory`. There is space for a long line in front of it. */
  readonly at: number;
}

/** What was found in some whole lines. All positions are offsets in `LineSearch.memory`. */
export interface Found {
  /** End of the last line that was searched. */
  readonly next: number;
  readonly lines: number;
  /** Empty lines. */
  readonly blank: number;
  /** Three numbers for each wanted line: its start, its newline, and its index from 0. */
  readonly wanted: Uint32Array;
  /** `noteNumbers` for each line that is not blank, the first of which is its start; see `notes.ts`. */
  readonly notes: Uint32Array;
}

/** The kernel's numbers of them. */
const columnRoles: Readonly<Record<ColumnRole, number>> = {
  name: 1,
  address: 2,
  createdAt: 3,
  otherTime: 4,
};

/** The same as `Found`, for whole rows. A row can be several lines. */
export interface FoundRows extends Found {
  /** Whether the row at `next` has another number of cells, or quotes where none belong. */
  readonly isOdd: boolean;
}

/** Shared by all searches of a thread; null if this machine cannot run it. */
let compiled: WebAssembly.Module | null = null;

function compile(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(kernel);
  } catch {
    // An engine without these instructions.
    return null;
  }
}

/** Searches lines for words, by `kernel.wat`. */
export class LineSearch {
  readonly memory: Buffer;
  readonly buffer: SearchBuffer;
  readonly #kernel: Kernel;
  /** What the kernel knows of a table. */
  #table: TableShape | null = null;

  /** Returns null if this machine cannot run the kernel. */
  static of(words: readonly Word[], options: SearchOptions = {}): LineSearch | null {
    compiled ??= compile();
    return compiled && new LineSearch(compiled, words, options);
  }

  private constructor(
    module: WebAssembly.Module,
    words: readonly Word[],
    { notes }: SearchOptions,
  ) {
    const { exports } = new WebAssembly.Instance(module);
    this.#kernel = exports as Kernel;
    const { memory, harmlessEnd } = this.#kernel;
    memory.grow(Math.ceil((bufferAt + bufferBytes + margin) / page) - 1);
    this.memory = Buffer.from(memory.buffer);
    this.buffer = { at: bufferAt, bytes: this.memory.subarray(bufferAt, bufferAt + bufferBytes) };
    fillTables(memory.buffer, words);
    const some = notes === "all" ? allLines : kinds.approval;
    this.#kernel.notes.value = notes === undefined ? 0 : some;
    harmlessEnd.value = writeHarmless(this.memory);
  }

  /**
   * Searches the whole lines between two offsets, or as many of them as the result has space for. The result is
   * valid until the next call.
   */
  scan(from: number, end: number): Found {
    const search = this.#kernel;
    search.table.value = 0;
    const limits = [results + resultsBytes, noted + notedBytes] as const;
    return this.#found(search.scan(from, end, results, limits[0], noted, limits[1]), results);
  }

  /**
   * Searches the whole rows of CSV between two offsets, up to the first odd one, or as many as the result has space
   * for. A row without a simple time is wanted, too.
   */
  scanRows(from: number, end: number, shape: TableShape): FoundRows {
    this.#setTable(shape);
    const search = this.#kernel;
    const behind = search.scan(from, end, rows, rowsEnd, results, results + resultsBytes);
    const next = search.scanRows(from, behind, results, rows, rowsEnd, noted, noted + notedBytes);
    const found = this.#found(next, rows);
    const isOdd = search.isOdd.value === 1;
    return { ...found, blank: found.lines - search.rows.value, isOdd };
  }

  #found(next: number, wanted: number): Found {
    const { memory, lines, blank, wantedEnd, notesEnd } = this.#kernel;
    return {
      next,
      lines: lines.value,
      blank: blank.value,
      wanted: new Uint32Array(memory.buffer, wanted, (wantedEnd.value - wanted) / 4),
      notes: new Uint32Array(memory.buffer, noted, (notesEnd.value - noted) / 4),
    };
  }

  #setTable(shape: TableShape): void {
    const search = this.#kernel;
    search.table.value = 1;
    if (this.#table === shape) {
      return;
    }
    this.#table = shape;
    const { delimiter, columns, roles } = shape;
    search.delimiter.value = delimiter.charCodeAt(0);
    search.columns.value = columns;
    const entries = roles.flatMap(({ column, role }) => [column, columnRoles[role]]);
    new Uint32Array(search.memory.buffer, tableRoles, entries.length).set(entries);
    search.rolesEnd.value = tableRoles + 8 * roles.length;
  }
}

function fillTables(memory: ArrayBuffer, words: readonly Word[]): void {
  let at = wordCount;
  for (const { text, valueAt, noticedAt } of noteKeys) {
    const bytes = new Uint8Array(memory, at, wordBytes);
    writeText(bytes, text);
    bytes[3 * longestWord] = noticedAt;
    bytes[3 * longestWord + 1] = valueAt;
    at += wordBytes;
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

/** Writes the part of the text that is compared. */
function writeText(bytes: Uint8Array, text: string): void {
  const length = Math.min(text.length, longestWord);
  for (let at = 0; at < length; at++) {
    bytes[at] = text.charCodeAt(at);
  }
  bytes.fill(0xff, 2 * longestWord + length, 3 * longestWord);
  bytes[3 * longestWord + 1] = length;
}

/** @returns the offset behind the last text */
function writeHarmless(memory: Buffer): number {
  let at = harmless;
  for (const text of harmlessTexts) {
    // The opening quote belongs to it.
    const whole = `"${text}`;
    memory.write(whole, at, "latin1");
    memory.fill(0xff, at + longestHarmless + whole.length, at + 2 * longestHarmless);
    const word = denialSearch.find((each) => whole.includes(each)) ?? "";
    memory.set([whole.indexOf(word), whole.length], at + 2 * longestHarmless);
    at += harmlessBytes;
  }
  return at;
}

/** The kernel's hash of a mark: its first four bytes, in lower case. */
function markHash({ text, markAt }: MarkedWord): number {
  const bytes = Buffer.from(text, "latin1").readUInt32LE(markAt) | 0x20202020;
  return Math.imul(bytes, 0x9e3779b1) >>> (32 - hashBits);
}

/** Enters the bytes of the mark by their lower five bits, which upper and lower case share. */
function writeMark(tables: Uint8Array, { text, group, markAt }: MarkedWord): void {
  for (const place of [0, 1, 3, 4]) {
    const at = (place % 3) * 32 + (text.charCodeAt(markAt + place) & 31);
    tables[at] = (tables[at] ?? 0) | (1 << group);
  }
}

function isLetter(char = ""): boolean {
  return /[a-z]/.test(char);
}

/** The kernel's hash of a name: its bytes, four at a time, padded to a multiple of 16. @param name in lower case */
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
