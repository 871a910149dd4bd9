import { describe, expect, test } from "vitest";
import { checkLevels, checkRuns } from "../../../../src/logs/files/containers/parquetRuns.ts";

const span = (...bytes: number[]) => ({ bytes: Uint8Array.from(bytes), from: 0, to: bytes.length });

describe("runs of a Parquet page", () => {
  test("that repeat a value or pack eight at a time are counted as far as they are wanted", () => {
    expect(checkRuns(span(10, 1), 1, 5)).toBe(5);
    expect(checkRuns(span(10, 1, 6, 0), 1, 8)).toBe(8);
    expect(checkRuns(span(5, 0xff, 0xff, 2, 1), 1, 17)).toBe(17);
    expect(checkRuns(span(0, 0, 0, 0), 1, 8)).toBe(0);
  });

  test("that claim more values than the page has are refused", () => {
    expect(() => checkRuns(span(12, 1), 1, 5)).toThrow("claims a run of 6 values, of 5 at most");
    expect(() => checkRuns(span(0xfe, 0xff, 0xff, 0xff, 0x0f, 1), 1, 5)).toThrow("2147483647");
    expect(() => checkRuns(span(0xff, 0xff, 0xff, 0xff, 0x0f), 0, 5)).toThrow(
      "a page claims a run",
    );
  });

  test("of levels have to be as many as the values, and end where they say", () => {
    expect(checkLevels(span(10, 1, 7, 7), 1, 5)).toBe(4);
    expect(() => checkLevels(span(8, 1), 1, 5)).toThrow("more values than it has levels");
  });
});
