import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { kqlDatetime, kqlString } from "../../../src/detection/incidents/kqlText.ts";
import { time } from "../../builders.ts";

describe("a string literal of KQL", () => {
  it.each([
    ["alice.smith_1+x@contoso.com", '"alice.smith_1+x@contoso.com"'],
    ["a_fabrikam.com#EXT#@contoso.com", '"a_fabrikam.com#EXT#@contoso.com"'],
    ['" or true //', '"\\u0022 or true \\u002f\\u002f"'],
    ["\\", '"\\u005c"'],
    ["a\nb", '"a\\u000ab"'],
    ["```", '"\\u0060\\u0060\\u0060"'],
    ["Zoë", '"Zo\\u00eb"'],
    ["🙂", '"\\ud83d\\ude42"'],
    ["", '""'],
  ])("of %j is %s", (text, literal) => {
    expect(kqlString(text)).toBe(literal);
  });

  it("cannot be left by any text, and means just that text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const literal = kqlString(text);
        expect(literal).toMatch(/^"(?:[\w @.#+-]|\\u[\da-f]{4})*"$/);
        expect(JSON.parse(literal)).toBe(text);
      }),
    );
  });
});

describe("a datetime literal of KQL", () => {
  it("is in milliseconds", () => {
    expect(kqlDatetime(time("09:00:00.250"))).toBe("datetime(2026-03-10T09:00:00.250Z)");
  });
});
