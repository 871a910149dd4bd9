import { describe, expect, it } from "vitest";
import { valueOf } from "./asking.ts";

describe("a literal", () => {
  it.each([
    [`"a\\"b\\n\\u00e9\\x41"`, `a"b\néA`],
    [`'it\\'s'`, "it's"],
    [`@"C:\\temp""x"`, `C:\\temp"x`],
    [`h"secret"`, "secret"],
    [`42`, 42],
    [`0x1F`, 31],
    [`long(-7)`, -7],
    [`int(5)`, 5],
    [`1.5e3`, 1500],
    [`bool(false)`, false],
    [`datetime(2026-11-20)`, "2026-11-20T00:00:00.0000000Z"],
    [`datetime(2026-11-20 09:30)`, "2026-11-20T09:30:00.0000000Z"],
    [`datetime(2026-11-20T09:30:15.25+01:00)`, "2026-11-20T08:30:15.2500000Z"],
    [`tostring(time(1.02:03:04))`, "1.02:03:04.0000000"],
    [`tostring(timespan(90m))`, "01:30:00.0000000"],
    [`tostring(1.5h)`, "01:30:00.0000000"],
    [`dynamic({"a": -1, "b": [true, null]})`, { a: -1, b: [true, null] }],
    [`long(null)`, null],
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
  ])("%s is refused, for it has no value that is sure", (literal) => {
    expect(() => valueOf(literal)).toThrow(/^StandInRefused: operator (literal|escape)/);
  });
});
