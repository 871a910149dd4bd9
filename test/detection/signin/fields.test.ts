import { describe, expect, it } from "vitest";

import { dynamic, first, own, text, unwrap } from "../../../src/detection/signin/fields.ts";

describe("a field of a record", () => {
  it("is the first of its names with a value", () => {
    const record = { missing: null, blank: " \t", empty: "", zero: 0, no: false, name: "alice" };
    expect(first(record, "absent", "missing", "blank", "empty", "name")).toBe("alice");
    expect(first(record, "zero", "name")).toBe(0);
    expect(first(record, "no", "name")).toBe(false);
    expect(first(record, "absent", "blank")).toBeUndefined();
  });

  it("is the record's own", () => {
    expect(own({}, "constructor")).toBeUndefined();
    expect(own(JSON.parse('{"__proto__": 1}'), "__proto__")).toBe(1);
  });

  it.each([
    ["text", "text"],
    ["  text ", "text"],
    ["", null],
    [" \n", null],
    [0, "0"],
    [false, "false"],
    [null, null],
    [undefined, null],
    [{}, null],
    [["text"], null],
  ])("%j as text is %j", (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  it("may be JSON in up to two layers of text", () => {
    const once = JSON.stringify({ a: 1 });
    const twice = JSON.stringify(once);
    const thrice = JSON.stringify(twice);
    for (const value of [{ a: 1 }, once, twice]) {
      expect(unwrap(value)).toEqual({ a: 1 });
      expect(dynamic(value)).toEqual({ a: 1 });
    }
    expect(unwrap(thrice)).toBe(once);
    expect(unwrap("no JSON")).toBe("no JSON");
    for (const value of [thrice, "no JSON", null, [1], 1]) {
      expect(dynamic(value)).toEqual({});
    }
  });
});
