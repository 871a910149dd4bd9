import { describe, expect, it } from "vitest";

import { parseDuration } from "../../../src/detection/rules/duration.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe("a duration", () => {
  it.each([
    ["15m", 15 * minute],
    ["1h30m", 90 * minute],
    ["90s", 90 * second],
    ["250ms", 250],
    ["2d", 2 * day],
    ["1d12h5m3s7ms", day + 12 * hour + 5 * minute + 3 * second + 7],
    [" 15m ", 15 * minute],
    ["0s", 0],
    ["PT15M", 15 * minute],
    ["PT1H30M", 90 * minute],
    ["PT0.25S", 250],
    ["P2D", 2 * day],
    ["P1W", 7 * day],
    ["P1WT1S", 7 * day + second],
    ["P1DT12H5M3.007S", day + 12 * hour + 5 * minute + 3 * second + 7],
  ])("%s is %d ms", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    "",
    "15",
    "m",
    "15 m",
    "1.5h",
    "-15m",
    "15M",
    "15m!",
    "15minutes",
    "P",
    "PT",
    "P1DT",
    "P1M",
    "P1Y",
    "P15",
    "PT15",
    "PT1.5H",
    "PT1M1H",
    "PT0.0001S",
    "pt15m",
    "-PT15M",
    "15m PT15M",
  ])("is not %j", (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
