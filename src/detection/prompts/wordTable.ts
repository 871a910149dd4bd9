import { numberAt, timeAt } from "./columns.ts";
import { finish, Slots, stir } from "./slots.ts";

const rowsPerChunk = 1_024;
/** Size of the first chunk. It doubles until it is as large as the others, because most tables stay small. */
const firstRows = 16;

interface Chunk {
  readonly words: Uint32Array;
  /** The same bytes. A 64-bit number takes an even word and the next. */
  readonly doubles: Float64Array;
}

/**
 * Rows of a fixed number of 32-bit words, numbered in order of arrival and found by their first words, the key.
 * They are stored in chunks, so that a row takes its words plus 5 to 11 bytes, however many there are.
 */
export class WordTable {
  readonly #keyWords: number;
  readonly #rowWords: number;
  readonly #chunks: Chunk[] = [];
  readonly #slots: Slots;
  readonly #isDraft: (row: number) => boolean;
  #size = 0;
  /** The row that `find` looks for and `add` adds. */
  readonly draft: Chunk;

  /** @param rowWords even */
  constructor(keyWords: number, rowWords: number) {
    this.#keyWords = keyWords;
    this.#rowWords = rowWords;
    this.draft = newChunk(rowWords);
    this.#slots = new Slots((row) => {
      const start = this.#startOf(row);
      return hashWords(this.#chunkOf(row).words, start, keyWords);
    });
    this.#isDraft = (row) => this.#hasDraftsKey(row);
  }

  get size(): number {
    return this.#size;
  }

  /** @returns the row with the key of the draft, or -1 */
  find(): number {
    return this.#slots.find(hashWords(this.draft.words, 0, this.#keyWords), this.#isDraft);
  }

  /** Adds the draft. Its key must be new. @returns its row */
  add(): number {
    const row = this.#size++;
    this.#makeRoom(row);
    this.#chunkOf(row).words.set(this.draft.words, this.#startOf(row));
    this.#slots.add(hashWords(this.draft.words, 0, this.#keyWords), row);
    return row;
  }

  word(row: number, index: number): number {
    return numberAt(this.#chunkOf(row).words, this.#startOf(row) + index);
  }

  setWord(row: number, index: number, value: number): void {
    this.#chunkOf(row).words[this.#startOf(row) + index] = value;
  }

  /** @param index of the first of its two words, even */
  double(row: number, index: number): number {
    return timeAt(this.#chunkOf(row).doubles, (this.#startOf(row) + index) / 2);
  }

  setDouble(row: number, index: number, value: number): void {
    this.#chunkOf(row).doubles[(this.#startOf(row) + index) / 2] = value;
  }

  #makeRoom(row: number): void {
    if (row % rowsPerChunk === 0) {
      // Stryker disable next-line ConditionalExpression: a first chunk as large as the others only takes more memory.
      this.#chunks.push(newChunk(this.#rowWords * (row === 0 ? firstRows : rowsPerChunk)));
      return;
    }
    const { words } = this.#chunkOf(row);
    if (this.#startOf(row) === words.length) {
      const larger = newChunk(words.length * 2);
      larger.words.set(words);
      this.#chunks[0] = larger;
    }
  }

  #hasDraftsKey(row: number): boolean {
    const { words } = this.#chunkOf(row);
    const start = this.#startOf(row);
    for (let index = 0; index < this.#keyWords; index++) {
      if (words[start + index] !== this.draft.words[index]) {
        return false;
      }
    }
    return true;
  }

  #startOf(row: number): number {
    return (row % rowsPerChunk) * this.#rowWords;
  }

  #chunkOf(row: number): Chunk {
    const chunk = this.#chunks[Math.floor(row / rowsPerChunk)];
    if (chunk === undefined) {
      throw new RangeError(`there is no row ${row}`);
    }
    return chunk;
  }
}

// Stryker disable next-line BlockStatement: a missing hash only costs time.
function hashWords(words: Uint32Array, start: number, count: number): number {
  let hash = count;
  // Stryker disable next-line ConditionalExpression,ArithmeticOperator,EqualityOperator,BlockStatement: a hash of
  // fewer words only costs time.
  for (let index = start; index < start + count; index++) {
    hash = stir(hash, numberAt(words, index));
  }
  return finish(hash);
}

function newChunk(words: number): Chunk {
  const bytes = new ArrayBuffer(words * Uint32Array.BYTES_PER_ELEMENT);
  return { words: new Uint32Array(bytes), doubles: new Float64Array(bytes) };
}
