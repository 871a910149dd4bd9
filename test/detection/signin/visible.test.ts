import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cutAt, inert, visible } from "../../../src/detection/signin/visible.ts";

/** Controls, what is invisible or turns the reading direction, halves of characters, other line ends. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("text of a log that is shown", () => {
  it.each([
    ["alice@contoso.com", "alice@contoso.com"],
    ["Zoë, 東京, 🙂", "Zoë, 東京, 🙂"],
    ["one\r\ntwo\tthree", "one[U+000D][U+000A]two[U+0009]three"],
    ["\u0000\u001b[31m\u007f\u0085", "[U+0000][U+001B][31m[U+007F][U+0085]"],
    ["\u202eevil\u2066", "[U+202E]evil[U+2066]"],
    ["zero\u200bwidth\ufeff", "zero[U+200B]width[U+FEFF]"],
    ["line\u2028end\u2029", "line[U+2028]end[U+2029]"],
    ["tag \u{e0041}", "tag [U+E0041]"],
    ["lone \ud83d, \ude00", "lone [U+D83D], [U+DE00]"],
  ])("%j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("is cut where it is long, and says so", () => {
    expect(visible("x".repeat(256))).toBe("x".repeat(256));
    expect(visible("x".repeat(257))).toBe(`${"x".repeat(256)}…`);
    expect(visible("abc", 2)).toBe("ab…");
    expect(visible("a🙂c", 2)).toBe("a…");
  });

  it("hides nothing, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", size: "large" }), (text) => {
        expect(visible(text)).not.toMatch(hidden);
        expect(inert(text)).not.toMatch(hidden);
      }),
    );
  });
});

describe("text of a log amid Markdown", () => {
  it.each([
    ["alice.smith-x+y@contoso.com", "alice.smith-x+y@contoso.com"],
    ["2001:db8::7", "2001:db8::7"],
    ["a_b*c`d`", "a\\_b\\*c\\`d\\`"],
    ["[click](javascript:x)", "\\[click\\]\\(javascript:x\\)"],
    ["![x](y) # | ~~z~~ \\ {}", "\\!\\[x\\]\\(y\\) \\# \\| \\~\\~z\\~\\~ \\\\ \\{\\}"],
    ["<img src=x onerror=y>&amp;", "&#60;img src=x onerror=y&#62;&#38;amp;"],
    ["https://www.example.com", "https:\\//www\\.example.com"],
    ["line\n# heading", "line\\[U+000A\\]\\# heading"],
  ])("%j means nothing", (text, shown) => {
    expect(inert(text)).toBe(shown);
  });
});

describe("a cut", () => {
  it("leaves no half of a character", () => {
    expect(cutAt("a🙂", 3)).toBe("a🙂");
    expect(cutAt("a🙂", 2)).toBe("a");
    expect(cutAt("abc", 2)).toBe("ab");
    expect(cutAt("", 2)).toBe("");
  });
});
