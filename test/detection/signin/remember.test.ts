import { describe, expect, it } from "vitest";

import { remember } from "../../../src/detection/signin/remember.ts";

/** Asks for each text in turn, where three of up to four characters are kept, and tells which were read. */
function readOf(...texts: readonly string[]): readonly string[] {
  const read: string[] = [];
  const remembered = remember(
    (text: string) => {
      read.push(text);
      return { text };
    },
    3,
    ({ length }) => length <= 4,
  );
  expect(texts.map((each) => remembered(each).text)).toEqual(texts);
  return read;
}

describe("a text that comes again", () => {
  it("is read once, also where others came between", () => {
    expect(readOf("a", "a", "bb", "ccc", "a", "bb", "ccc")).toEqual(["a", "bb", "ccc"]);
  });

  it("is read anew once there were more than are kept, which keeps the memory bounded", () => {
    expect(readOf("a", "bb", "ccc", "dddd", "a", "dddd")).toEqual(["a", "bb", "ccc", "dddd", "a"]);
  });

  it("is kept whatever it is, where nothing is said of that", () => {
    const read: number[] = [];
    const remembered = remember((key: number) => {
      read.push(key);
      return `${key}`;
    }, 2);
    expect([1, 2, 1, 2].map((each) => remembered(each))).toEqual(["1", "2", "1", "2"]);
    expect(read).toEqual([1, 2]);
  });

  it("is read every time where it is longer than those that are kept", () => {
    expect(readOf("dddd", "dddd", "eeeee", "eeeee")).toEqual(["dddd", "eeeee", "eeeee"]);
    expect(readOf("a", "bb", "ccc", "eeeee", "a")).toEqual(["a", "bb", "ccc", "eeeee"]);
  });
});
