import { numberAt } from "./columns.ts";

/**
 * Finds numbers by the content that they stand for: a hash table with open addressing, from a quarter to
 * three quarters full. It holds the numbers alone, 4 bytes a slot; the content is its owner's.
 */
export class Slots {
  readonly #hashOf: (number: number) => number;
  /** Each number and 1; 0 where the slot is free. The length is a power of two. */
  #slots = new Uint32Array(16);
  #used = 0;

  /** @param hashOf the hash of a number that is held */
  constructor(hashOf: (number: number) => number) {
    this.#hashOf = hashOf;
  }

  /** @returns the number with this hash that `isSought`, or -1 */
  find(hash: number, isSought: (number: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = numberAt(this.#slots, slot) - 1;
      if (number < 0 || isSought(number)) {
        return number;
      }
    }
  }

  /** Adds a number that is not held yet. */
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

/** Brings a word into a hash, all its bits. */
export function stir(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** A hash as `Slots` needs it: its low bits depend on all of it. */
export function finish(hash: number): number {
  const mixed = Math.imul(hash, 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
