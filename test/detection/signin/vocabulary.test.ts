import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inKnownWords } from "../../../src/detection/signin/vocabulary.ts";
import { knownTexts as known } from "../../laws/oracle.ts";

const knownTexts = known.map(({ text }) => text);

describe("a text in Microsoft's own words", () => {
  test.each(knownTexts.map((text) => [text]))("is shown as it is: %s", (text) => {
    expect(inKnownWords(text)).toBe(text.replaceAll("’", "'").trim());
  });

  test("is shown when nobody has seen it yet", () => {
    const text = "MFA denied; the passkey was rejected by the user's device";
    expect(inKnownWords(text)).toBe(text);
  });
});

describe("what may be a person's", () => {
  test.each([
    ["User alice@contoso.com declined", "User … declined"],
    ["User Alice van Houten declined the authentication", "User … declined the authentication"],
    ["MFA denied; phone +49 30 123456 unreachable", "MFA denied; phone … unreachable"],
    ["MFA denied (203.0.113.9, 2001:db8::1)", "MFA denied (…)"],
    ["MFA denied; request 6513270e-269e-0d37-f2a7-4de452e6b438", "MFA denied; request …"],
    ["Alice", "…"],
    ["", ""],
  ])("is not: %s", (text, shown) => {
    expect(inKnownWords(text)).toBe(shown);
  });

  test("is not, wherever it stands in whatever text", () => {
    const secret = fc.stringMatching(/^[a-z0-9@.+-]{0,9}canary[a-z0-9@.+-]{0,9}$/);
    fc.assert(
      fc.property(fc.constantFrom(...knownTexts), secret, fc.nat(200), (text, name, at) => {
        const place = Math.min(at, text.length);
        const planted = text.slice(0, place) + name + text.slice(place);
        expect(inKnownWords(planted)).not.toContain("canary");
      }),
    );
  });
});
