import { describe, expect, it } from "vitest";
import { valueOf } from "./asking.ts";

describe("a literal", () => {
  it.each([
    [`"\\u0041 b"`, "A b"],
    [`@"C:\\temp"`, `C:\\temp`],
    [`42`, 42],
    [`false`, false],
    [`datetime(2026-11-20)`, "2026-11-20T00:00:00.0000000Z"],
    [`datetime(2026-11-20 09:30)`, "2026-11-20T09:30:00.0000000Z"],
    [`datetime(2026-11-20T09:30:15.25+01:00)`, "2026-11-20T08:30:15.2500000Z"],
    [`dynamic({"a": -1, "b": [true, null]})`, { a: -1, b: [true, null] }],
  ])("%s is read from its text", (literal, expected) => {
    expect(valueOf(literal)).toEqual(expected);
  });

  it.each([
    `datetime(2026-13-45)`,
    `datetime(2026-02-30)`,
    `datetime(2026-13-45T00:00:00Z)`,
    `datetime(2026-11-20T25:00:00Z)`,
    `datetime(yesterday)`,
    `9007199254740993`,
    `"\\0"`,
    `dynamic(['single quotes'])`,
    `'single quotes'`,
    `h"secret"`,
    `0x1F`,
    `1.5e3`,
    `int(5)`,
    `long(null)`,
    `1h`,
  ])("%s is refused, for it has no value that is sure", (literal) => {
    expect(() => valueOf(literal)).toThrow(/^StandInRefused: operator (literal|escape)/);
  });
});
