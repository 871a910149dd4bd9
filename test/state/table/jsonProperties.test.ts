import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromJsonProperties, toJsonProperties } from "../../../src/state/table/jsonProperties.ts";

/** Through UTF-8, as on the wire. */
function carried(value: unknown): unknown {
  const row = toJsonProperties(value);
  return fromJsonProperties(JSON.parse(Buffer.from(JSON.stringify(row)).toString()) as typeof row);
}

describe("a value as properties of a row", () => {
  test("is returned unchanged, whatever its content", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        expect(carried(value)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 20_260_310 },
    );
  });

  test.each([0, 1])("is never cut inside a character (beginning %d further)", (shift) => {
    const text = "x".repeat(shift) + "🔐".repeat(40_000);
    const row = toJsonProperties(text);
    expect(Object.keys(row)).toEqual(["d0", "d1", "d2"]);
    for (const part of Object.values(row)) {
      expect(Buffer.from(part).toString()).toBe(part);
      expect(2 * part.length).toBeLessThanOrEqual(65_536);
    }
    expect(carried(text)).toBe(text);
  });

  test("fills at most the allowed number of properties", () => {
    expect(Object.keys(toJsonProperties("x".repeat(479_998)))).toHaveLength(15);
    expect(() => toJsonProperties("x".repeat(479_999))).toThrow(
      "a state row of 480001 characters does not fit into a table row",
    );
  });

  test("that is damaged is reported by its key, and not quoted", () => {
    expect(() => fromJsonProperties({ rowKey: "2|abc", d0: "canary {" })).toThrow(
      "the state row 2|abc is damaged: it is not JSON; delete it, or restore it",
    );
    expect(() => fromJsonProperties({ rowKey: "2|abc" })).toThrow("2|abc is damaged");
  });
});
