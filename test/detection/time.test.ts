import { describe, expect, it } from "vitest";

import { formatTime, readSequence, readTime } from "../../src/detection/time.ts";

const at = Date.UTC(2026, 2, 10, 9, 0, 13);

describe("a logged time", () => {
  it.each([
    ["2026-03-10T09:00:13Z", at],
    ["2026-03-10T09:00:13.0000000Z", at],
    ["2026-03-10T09:00:13.5Z", at + 500],
    ["2026-03-10T09:00:13.2507Z", at + 250],
    ["2026-03-10T09:00:13.2509999Z", at + 250],
    ["2026-03-10T09:00:13,25Z", at + 250],
    ["2026-03-10T09:00:13+00:00", at],
    ["2026-03-10T11:00:13+02:00", at],
    ["2026-03-10T11:00:13+0200", at],
    ["2026-03-10T03:30:13-05:30", at],
    ["2026-03-10T23:00:13+14:00", at],
    ["2026-03-10T09:00:13", at],
    ["2026-03-10 09:00:13", at],
    ["2026-03-10 09:00:13 Z", at],
    ["2026-03-10t09:00:13z", at],
    ["  2026-03-10T09:00:13Z ", at],
    ["2026-03-10T09:00Z", at - 13_000],
    ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
    ["2000-01-01T00:00:00Z", Date.UTC(2000, 0)],
    ["2099-12-31T23:59:59.999Z", Date.UTC(2100, 0) - 1],
    ["2100-01-01T01:00:00+02:00", Date.UTC(2099, 11, 31, 23)],
  ])("%s is read", (text, expected) => {
    expect(readTime(text)).toBe(expected);
  });

  it.each([
    "",
    "soon",
    "2026-02-31T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-03-10T24:00:00Z",
    "2026-03-10T09:60:00Z",
    "2026-03-10T09:00:60Z",
    "2026-03-10T09:00:13+15:00",
    "2026-03-10T09:00:13+02:60",
    "2026-03-10T09:00:13+2",
    "2026-03-10T09:00:13.Z",
    "2026-03-10T09:00:13.1234567890123Z",
    "2026-03-10",
    "2026-03",
    "0001-01-01T00:00:00Z",
    "1601-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "1999-12-31T23:59:59.999Z",
    "2100-01-01T00:00:00Z",
    "2099-12-31T23:00:00-02:00",
    "9999-12-31T23:59:59Z",
    "+012026-03-10T09:00:13Z",
    "3/10/2026, 9:00:13 AM",
    "1773133213000",
    1_773_133_213_000,
    null,
    undefined,
    true,
    {},
    ["2026-03-10T09:00:13Z"],
  ])("%j is none", (value) => {
    expect(readTime(value)).toBeNull();
  });

  it("is written in ISO 8601 with milliseconds", () => {
    expect(formatTime(at)).toBe("2026-03-10T09:00:13.000Z");
  });
});

describe("a sequence of a step", () => {
  it.each([
    [at, at],
    [at + 0.7, at],
    [String(at), at],
    [` ${at} `, at],
    [`${at}.0`, at],
    [Date.UTC(2000, 0), Date.UTC(2000, 0)],
  ])("%j is a time", (value, expected) => {
    expect(readSequence(value)).toBe(expected);
  });

  it.each([
    0,
    1,
    "0",
    "1",
    -at,
    at / 1_000,
    at * 1_000,
    Date.UTC(2000, 0) - 1,
    Date.UTC(2100, 0),
    "9999999999999",
    "000000000001",
    "0x19cd6f4c4c8",
    "1.773133213e12",
    `${at}.5`,
    `${at}x`,
    "",
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MAX_SAFE_INTEGER,
    null,
    undefined,
    true,
    [at],
    {},
  ])("%j is none", (value) => {
    expect(readSequence(value)).toBeNull();
  });
});
