import { expect, test } from "vitest";
import { longestGap } from "../../src/settings/longestGap.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  ["0 */5 * * * *", 5 * minute],
  ["*/5 * * * *", 5 * minute],
  ["*/30 * * * * *", minute / 2],
  ["0 0 * * * *", hour],
  ["0 7 * * * *", hour],
  ["0 0,10 * * * *", 50 * minute],
  ["0 0 8-17 * * *", 15 * hour],
  ["0 0 8/4 * * *", 12 * hour],
  ["0 30 6 * * *", day],
  ["0 0 6 * * mon-fri", 3 * day],
  ["0 0 6 * * 0", 7 * day],
  ["0 0 6 * * 7", 7 * day],
  ["0 0 0 1 * *", 31 * day],
  ["0 0 0 1 jan *", 366 * day],
] as const)("%s pauses for at most %d ms", (schedule, expected) => {
  expect(longestGap(schedule)).toBe(expected);
});

test.each(["", "* * *", "61 * * * *", "0 0 0 30 2 *", "a b c d e", "*/0 * * * *", "5-1 * * * *"])(
  "%j has no pause that could be known",
  (schedule) => {
    expect(longestGap(schedule)).toBeNull();
  },
);
