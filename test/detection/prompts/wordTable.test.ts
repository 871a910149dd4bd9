import { expect, test } from "vitest";
import { WordTable } from "../../../src/detection/prompts/wordTable.ts";

/** Rows of a key of two words, a word beside it, one that is not used, and a time. */
const [firstKey, secondKey, beside, time] = [0, 1, 2, 4];

function tableOf(count: number): WordTable {
  const table = new WordTable(2, 6);
  for (let index = 0; index < count; index++) {
    const { words, doubles } = table.draft;
    seek(table, index);
    words[beside] = index * 3;
    doubles[time / 2] = index + 0.25;
    table.add();
  }
  return table;
}

/** @returns the row of a key */
function seek(table: WordTable, index: number): number {
  table.draft.words[firstKey] = index % 7;
  table.draft.words[secondKey] = Math.floor(index / 7);
  return table.find();
}

// A first chunk that has grown or is full, the rows around its end, and several chunks.
test.each([1, 16, 17, 40, 1_023, 1_024, 1_025, 5_000])(
  "%i rows are found by their keys, with their values",
  (count) => {
    const table = tableOf(count);
    expect(table.size).toBe(count);
    const rows = Array.from({ length: count }, (_, index) => index);
    expect(rows.map((index) => seek(table, index))).toEqual(rows);
    expect(rows.map((row) => table.word(row, beside) / 3)).toEqual(rows);
    expect(rows.map((row) => table.double(row, time) - 0.25)).toEqual(rows);
    expect(seek(table, count)).toBe(-1);
  },
);

test("values outside of the key may change, and do not identify rows", () => {
  const table = tableOf(2_000);
  for (const row of [0, 1, 15, 1_023, 1_024, 1_999]) {
    table.setWord(row, beside, 7);
    table.setDouble(row, time, -Infinity);
    table.draft.words[beside] = 8;
    expect(seek(table, row)).toBe(row);
    expect([table.word(row, beside), table.double(row, time)]).toEqual([7, -Infinity]);
  }
  expect([table.word(2, beside), table.double(2, time)]).toEqual([6, 2.25]);
});

test("every word of a key counts, all of its bits too", () => {
  const table = new WordTable(2, 2);
  const keys = [
    [0, 0],
    [0, 1],
    [1, 0],
    [0, 0x8000_0000],
    [0xffff_ffff, 0],
  ];
  for (const [row, key] of [...keys.entries(), ...keys.entries()]) {
    table.draft.words.set(key);
    if (table.size < keys.length) {
      expect(table.find()).toBe(-1);
      table.add();
    }
    expect(table.find()).toBe(row);
  }
});

test("a row that is not there is a mistake", () => {
  expect(() => tableOf(3).word(1_024, 0)).toThrow(new RangeError("there is no row 1024"));
});
