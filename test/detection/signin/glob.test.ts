import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fitsGlob, isGlob } from "../../../src/detection/signin/glob.ts";
import { cases } from "../../cases.ts";

describe("a pattern", () => {
  it.each([
    ["*", "", true],
    ["*", "any", true],
    ["a*", "a", true],
    ["a*c", "abc", true],
    ["a*c", "abcd", false],
    ["a*bc", "abbc", true],
    ["*@contoso.com", "alice@contoso.com", true],
    ["*@contoso.com", "alice@contoso.com.evil.example", false],
    ["adm-*@*.contoso.com", "adm-1@emea.contoso.com", true],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["a", "ab", false],
    ["ab", "a", false],
    ["", "", true],
    ["", "a", false],
    ["a.c", "abc", false],
    ["**a", "ba", true],
  ])("%s and %s: %s", (pattern, text, fits) => {
    expect(fitsGlob(pattern, text)).toBe(fits);
  });

  it("is a text with a star or a question mark", () => {
    expect(["a*", "?", "a.b+c"].map(isGlob)).toEqual([true, true, false]);
  });

  it("fits what the regular expression of the same meaning fits", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 6 });
    fc.assert(
      fc.property(pattern, letters, (glob, text) => {
        const same = new RegExp(`^${glob.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(fitsGlob(glob, text)).toBe(same.test(text));
      }),
      { numRuns: cases(2_000) },
    );
  });
});
