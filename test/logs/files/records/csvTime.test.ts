import { describe, expect, test } from "vitest";
import { readTime } from "../../../../src/detection/signin/time.ts";
import { readCsvTime, type DateOrder } from "../../../../src/logs/files/records/csvTime.ts";

const at = Date.parse("2026-03-10T09:02:00.123Z");

/** In milliseconds, or why not. */
function reading(
  value: string,
  order: DateOrder | null = null,
  zone: string | null = "Z",
): number | string | null {
  const result = readCsvTime(value, order, zone);
  return "time" in result ? readTime(result.time) : result.problem;
}

describe("a time that reads one way", () => {
  test.each([
    ["ISO 8601", "2026-03-10T09:02:00.1230000Z"],
    ["ISO 8601 with an offset", "2026-03-10T11:02:00.123+02:00"],
    ["ISO 8601 without a zone", "2026-03-10 09:02:00.123"],
    ["year first with slashes", "2026/03/10 9:02:00.123"],
    ["year first with dashes", "2026-3-10 9:02:00.123 AM"],
    ["German", "10.03.2026, 09:02:00,123"],
    ["with dots all over", "10.3.2026 9.02.00,123"],
    ["UTC in words", "10.03.2026 09:02:00.123 UTC"],
  ])("needs no order: %s", (_, value) => {
    expect(reading(value)).toBe(at);
    // And an order changes nothing.
    expect(reading(value, "dmy")).toBe(at);
    expect(reading(value, "mdy")).toBe(at);
  });

  test("is one whose day cannot be a month, or whose day and month are equal", () => {
    expect(reading("3/25/2026, 9:02:00.123 PM")).toBe(Date.parse("2026-03-25T21:02:00.123Z"));
    expect(reading("25/03/2026 21:02")).toBe(Date.parse("2026-03-25T21:02:00Z"));
    expect(reading("25-03-2026 21:02")).toBe(Date.parse("2026-03-25T21:02:00Z"));
    expect(reading("3/3/2026 9:02 AM")).toBe(Date.parse("2026-03-03T09:02:00Z"));
  });
});

describe("a date that can be read in two ways", () => {
  test.each(["3/10/2026, 9:02:00.123 AM", "3-10-2026 09:02:00.123", "03/10/2026 09:02:00.123"])(
    "is never guessed: %s",
    (value) => {
      expect(reading(value)).toBe("ambiguous");
      expect(reading(value, "mdy")).toBe(at);
      expect(reading(value, "dmy")).toBe(Date.parse("2026-10-03T09:02:00.123Z"));
    },
  );

  test("must match the requested order", () => {
    expect(reading("3/25/2026 9:02 AM", "dmy")).toBe("misfit");
    expect(reading("25/3/2026 9:02 AM", "mdy")).toBe("misfit");
    expect(reading("3/25/2026 9:02 AM", "mdy")).toBe(Date.parse("2026-03-25T09:02:00Z"));
  });
});

test("noon and midnight are twelve, with any blank before the half of the day", () => {
  expect(reading("3/25/2026, 12:00:00\u202FAM")).toBe(Date.parse("2026-03-25T00:00:00Z"));
  expect(reading("3/25/2026, 12:00:00\u00A0p.m.")).toBe(Date.parse("2026-03-25T12:00:00Z"));
  expect(reading("3/25/2026, 1:00:00pm")).toBe(Date.parse("2026-03-25T13:00:00Z"));
});

describe("the zone", () => {
  test("is that of the column where the value has none", () => {
    expect(reading("10.03.2026 10:02:00.123", null, "+01:00")).toBe(at);
    expect(reading("2026-03-10T10:02:00.123", null, "+0100")).toBe(at);
    expect(reading("2026-03-10T09:02:00.123Z", null, "+01:00")).toBe(at);
  });

  test("is not made up where nobody knows it", () => {
    expect(reading("10.03.2026 10:02", null, null)).toBe("unzoned");
    expect(reading("2026-03-10T09:02:00.123Z", null, null)).toBe(at);
  });
});

test.each([
  "",
  "never",
  "2026-03-10",
  "3/10/26 9:02",
  "31.02.2026 09:00",
  "13/13/2026 09:00",
  "0/0/2026 09:00",
  "10.13.2026 09:00",
  "2026.13.10 09:00",
  "3/25/2026 13:00 PM",
  "3/25/2026 0:00 AM",
  "3/25/2026 24:00",
  "3/25.2026 9:00",
  "1/2026/3 9:00",
])("no time comes out of %j", (value) => {
  expect(reading(value)).toBeNull();
});
