import { expect, test } from "vitest";
import { searchWords } from "../../../src/detection/signin/searchWords.ts";

test("one word serves all parts that contain it", () => {
  expect(searchWords(["mfa denied", "user declined", "access denied by user"])).toEqual([
    "denied",
    "declined",
  ]);
});

test("a part of common words only is refused, as no search would find it", () => {
  expect(() => searchWords(["the user"])).toThrow('no word of "the user" is rare enough');
  expect(() => searchWords(["123"])).toThrow('no word of "123" is rare enough');
});
