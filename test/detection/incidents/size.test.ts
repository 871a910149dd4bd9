import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { byteLength, cutToBytes, sizeOf } from "../../../src/detection/incidents/size.ts";

const texts = fc.string({ unit: "grapheme", maxLength: 40 });

describe("the size of a text", () => {
  it("is its bytes in UTF-8", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(byteLength(text)).toBe(Buffer.byteLength(text));
      }),
    );
    expect(["a", "\u007f", "\u0080", "\u07ff", "\u0800", "\uffff", "🙂"].map(byteLength)).toEqual([
      1, 1, 2, 2, 3, 3, 4,
    ]);
    expect(sizeOf(["é", ""])).toBe(4);
  });

  it("is cut to the most whole characters that fit", () => {
    fc.assert(
      fc.property(texts, fc.nat({ max: 80 }), (text, most) => {
        const cut = cutToBytes(text, most);
        expect(text.startsWith(cut)).toBe(true);
        expect(byteLength(cut)).toBeLessThanOrEqual(most);
        const [next = ""] = text.slice(cut.length);
        expect(next === "" || byteLength(cut) + byteLength(next) > most).toBe(true);
      }),
    );
  });
});
