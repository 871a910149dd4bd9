import fc from "fast-check";
import { expect, test } from "vitest";
import { escape, markup } from "../../../src/cli/report/markup.ts";

test("values are escaped, markup of our own is not, lists are joined and null prints nothing", () => {
  const inner = markup`<b>${"a<b"}</b>`;
  expect(markup`<p>${inner}${[1, "&"]}${null}</p>`.text).toBe("<p><b>a&lt;b</b>1&amp;</p>");
});

test("no text whatsoever opens a tag or ends an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(escape(text)).not.toMatch(/[<>"']/);
    }),
  );
});

test("characters that turn or hide text are shown by their code points", () => {
  expect(escape("a\u202Eb\u200Bc\u001B[31m")).toBe("a[U+202E]b[U+200B]c[U+001B][31m");
});

test("a text of 64 KB is cut", () => {
  expect(escape("x".repeat(65_536)).length).toBeLessThan(3_000);
});
