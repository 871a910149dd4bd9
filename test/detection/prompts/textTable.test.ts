import { describe, expect, it } from "vitest";
import { TextTable } from "../../../src/detection/prompts/textTable.ts";

const guid = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";

/** Bytes that a text takes in a table: as far as from its number to the next one's, in units of two. */
function bytesOf(text: string): number {
  const table = new TextTable();
  const number = table.numberOf(text);
  return 2 * (table.numberOf(`not ${text}`) - number);
}

/** Comes back as it was, by the number that it is known by, between others. */
function expectKept(texts: readonly string[]): void {
  const table = new TextTable();
  const numbers = texts.map((text) => table.numberOf(text));
  expect(new Set(numbers).size).toBe(texts.length);
  expect(numbers.map((number) => table.textOf(number))).toEqual(texts);
  expect(texts.map((text) => table.numberOf(text))).toEqual(numbers);
}

describe("a text in a table", () => {
  it("comes back as it was, whatever its characters", () => {
    const units = [...Array(0x180).keys(), 0x2028, 0xd800, 0xdc00, 0xdfff, 0xfeff, 0xffff];
    const letters = units.map((unit) => String.fromCharCode(unit));
    // Alone, behind another and before others: a unit of the table holds two letters of ASCII.
    expectKept(letters.flatMap((letter) => [letter, `a${letter}`, `${letter}aa`]));
  });

  it("comes back as it was, however long", () => {
    const lengths = [0, 1, 2, 3, 1_023, 1_024, 1_025, 2_049, 16_382, 16_383, 16_384, 100_000];
    expectKept([
      "",
      ...["a", "ä"].flatMap((letter) => lengths.slice(1).map((n) => letter.repeat(n))),
    ]);
  });

  it("is known from one that differs in a single place", () => {
    for (const text of [guid, "user@contoso.com", "zoë@contoso.com", "a".repeat(20_000)]) {
      const places = [0, 1, text.length - 2, text.length - 1];
      expectKept([text, ...places.map((at) => `${text.slice(0, at)}b${text.slice(at + 1)}z`)]);
      expectKept([text, ...places.map((at) => `${text.slice(0, at)}?${text.slice(at + 1)}`)]);
    }
  });
});

describe("a GUID", () => {
  const almost = [
    guid.toUpperCase(),
    `${guid} `,
    guid.slice(1),
    ...[8, 13, 18, 23].map((at) => `${guid.slice(0, at)}0${guid.slice(at + 1)}`),
    // Before and behind the digits and the letters that it may have.
    ..."/:`g@".split("").flatMap((not) => [`${not}${guid.slice(1)}`, `${guid.slice(0, -1)}${not}`]),
  ];

  it("comes back as it was, and so does what is almost one", () => {
    const digits = "0123456789abcdef".split("");
    expectKept([guid, ...almost, ...digits.map((digit) => guid.replaceAll(/[^-]/g, digit))]);
  });

  it("takes 18 bytes, and only what is one", () => {
    expect(bytesOf(guid)).toBe(18);
    expect(bytesOf("ffffffff-ffff-ffff-ffff-000000000000")).toBe(18);
    for (const text of almost) {
      expect(bytesOf(text)).toBeGreaterThan(18);
    }
  });
});

describe("the room that a text takes", () => {
  it("is its length and up to three bytes where it is ASCII", () => {
    const lengths = [0, 1, 2, 3, 1_000, 16_383];
    expect(lengths.map((length) => bytesOf("\u007f".repeat(length)))).toEqual([
      2, 4, 4, 6, 1_002, 16_386,
    ]);
  });

  it("is twice its length and two bytes where it is not, in whatever place", () => {
    for (const text of ["\u0080", "ab\u0080", "a\u0080b", "\u0080ab"]) {
      expect(bytesOf(text)).toBe(2 * text.length + 2);
    }
  });

  it("is next to nothing where it is too long to be kept with the others", () => {
    expect(bytesOf("a".repeat(16_384))).toBe(6);
  });
});

describe("a table that grows", () => {
  /** Texts that take 1,024 units each, as 32 of which fill a chunk to its end. */
  const full = Array.from({ length: 70 }, (_, index) => `${index}`.padStart(2_046, " "));

  it("accepts text that fills its chunks to the last unit, and continues in the next", () => {
    expectKept(full);
    const table = new TextTable();
    const numbers = full.map((text) => table.numberOf(text));
    expect(numbers.map((number) => (number - 1) / 1_024)).toEqual([...full.keys()]);
    // Two that fill the first chunk, which grows for the second one.
    const halves = new TextTable();
    const two = ["ä", "ö"].map((letter) => halves.numberOf(letter.repeat(16_383)));
    expect(two).toEqual([1, 16_385]);
  });

  it("accepts a text without letters in the last unit of a chunk", () => {
    const table = new TextTable();
    [...full.slice(0, 31), " ".repeat(2_044)].forEach((text) => table.numberOf(text));
    const numbers = ["", "behind"].map((text) => table.numberOf(text));
    expect(numbers).toEqual([32 * 1_024, 32 * 1_024 + 1]);
    expect(numbers.map((number) => table.textOf(number))).toEqual(["", "behind"]);
  });

  it("begins another chunk where the rest of one is too short", () => {
    const rows = full.flatMap((text) => [text, text.trim()]);
    expectKept(rows);
    const table = new TextTable();
    rows.slice(0, 62).forEach((text) => table.numberOf(text));
    // Behind 31 pairs of 1,024 units and 2 there is no room for another of the long ones.
    expect(table.numberOf(rows[62] ?? "")).toBe(32 * 1_024 + 1);
  });

  it("knows more texts than it remembers as strings", () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `text ${index}`);
    const table = new TextTable();
    const numbers = many.map((text) => table.numberOf(text));
    for (const index of [...many.keys(), 0, 1, 4_999]) {
      expect(table.textOf(numbers[index] ?? 0)).toBe(many[index]);
    }
  });
});

describe("what is none", () => {
  it("has the number 0, also where a damaged file says something else", () => {
    const table = new TextTable();
    expect([table.numberOf(null), table.textOf(0)]).toEqual([0, null]);
    for (const damaged of [undefined, 5, {}, ["a"]]) {
      expect(table.numberOf(damaged as unknown as string)).toBe(0);
    }
    expect(table.numberOf("")).toBe(1);
  });

  it("is not made up for a number that the table did not give", () => {
    expect(() => new TextTable().textOf(5)).toThrow(new RangeError("there is no text 5"));
  });

  it("returns some text, and no error, for a number inside a chunk that begins no text", () => {
    const table = new TextTable();
    // In the middle of a wide text: a head that promises a text set aside, of which there is none.
    const number = table.numberOf("\u0394\u0003\uffff");
    expect(table.textOf(number + 2)).toBe("");
    // At the end of the first chunk, where a GUID has no room.
    expect(table.textOf(512)).toBe("00000000-0000-0000-0000-000000000000");
  });
});
