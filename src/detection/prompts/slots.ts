import { numberAt } from "./columns.ts";

/**
 * Finds numbers by the content that they represent. A hash table with open addressing, between a quarter and three
 * quarters full. It stores only the numbers, 4 bytes per slot; the owner has the content.
 */
export class Slots {
  readonly #hashOf: (number: number) => number;
  /** Each number plus 1; 0 for a free slot. The length is a power of two. */
  #slots = new Uint32Array(16);
  #used = 0;

  /** @param hashOf returns the hash of a stored number */
  constructor(hashOf: (number: number) => number) {
    this.#hashOf = hashOf;
  }

  /** @returns the number with this hash for which `isSought` is true, or -1 */
  find(hash: number, isSought: (number: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = numberAt(this.#slots, slot) - 1;
      if (number < 0 || isSought(number)) {
        return number;
      }
    }
  }

  /** Adds a number that is not stored yet. */
  add(hash: number, number: number): void {
    if ((this.#used + 1) * 4 > this.#slots.length * 3) {
      this.#grow();
    }
    this.#put(hash, number);
    this.#used++;
  }

  #grow(): void {
    const held = this.#slots;
    this.#slots = new Uint32Array(held.length * 2);
    for (const each of held) {
      if (each > 0) {
        this.#put(this.#hashOf(each - 1), each - 1);
      }
    }
  }

  #put(hash: number, number: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (numberAt(this.#slots, slot) > 0) {
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = number + 1;
  }
}

/** Mixes all bits of a word into a hash. */
export function stir(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Finalises a hash for `Slots`, so that its low bits depend on all bits. */
export function finish(hash: number): number {
  const mixed = Math.imul(hash, 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
