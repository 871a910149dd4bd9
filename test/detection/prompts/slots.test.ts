import { describe, expect, it } from "vitest";
import { finish, Slots, stir } from "../../../src/detection/prompts/slots.ts";

/** Slots of numbers that are their own content, and how many hashes they have asked for. */
class Numbers {
  asked = 0;
  readonly #hashOf: (number: number) => number;
  readonly #slots = new Slots((number) => {
    this.asked++;
    return this.#hashOf(number);
  });

  constructor(hashOf: (number: number) => number) {
    this.#hashOf = hashOf;
  }

  add(number: number): void {
    this.#slots.add(this.#hashOf(number), number);
  }

  has(number: number): boolean {
    const found = this.#slots.find(this.#hashOf(number), (each) => each === number);
    expect([number, -1]).toContain(found);
    return found === number;
  }
}

const below = (count: number) => Array.from({ length: count }, (_, number) => number);

describe("numbers in slots", () => {
  it.each([
    ["well spread", (number: number) => finish(stir(0, number))],
    ["one after another", (number: number) => number],
    ["all the same, near the end", () => 15],
  ])("are found again, and no others, with hashes %s", (_, hashOf) => {
    const numbers = new Numbers(hashOf);
    for (const number of below(200)) {
      expect(numbers.has(number)).toBe(false);
      numbers.add(number);
      expect(numbers.has(number)).toBe(true);
    }
    expect(below(400).filter((number) => numbers.has(number))).toEqual(below(200));
  });

  it("get twice the room when three quarters of it are taken, which asks for each hash once", () => {
    const numbers = new Numbers((number) => finish(stir(0, number)));
    const grown = below(200).filter((number) => {
      const before = numbers.asked;
      numbers.add(number);
      expect([0, number]).toContain(numbers.asked - before);
      return numbers.asked > before;
    });
    // Of 16, 32, 64, 128 and 256 slots.
    expect(grown).toEqual([12, 24, 48, 96, 192]);
  });
});

describe("a hash", () => {
  /** How many of 1,024 slots those of as many contents fall on. */
  const spread = (hashOf: (index: number) => number) =>
    new Set(below(1_024).map((index) => hashOf(index) & 1_023)).size;

  it("has low bits that depend on every bit of every word", () => {
    // By chance, 647 of 1,024 are met.
    expect(spread((index) => finish(stir(7, index)))).toBeGreaterThan(500);
    expect(spread((index) => finish(stir(7, index << 22)))).toBeGreaterThan(500);
    expect(spread((index) => finish(stir(stir(7, index), 1)))).toBeGreaterThan(500);
    expect(spread((index) => finish(stir(stir(7, index << 22), 1)))).toBeGreaterThan(500);
  });

  it("depends on the order of the words", () => {
    expect(stir(stir(2, 3), 4)).not.toBe(stir(stir(2, 4), 3));
  });
});
