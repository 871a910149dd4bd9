import { describe, expect, it } from "vitest";

import { findStreaks } from "../../../src/detection/bursts/streak.ts";
import type { Windowing } from "../../../src/detection/bursts/windowing.ts";
import { clock, minute, prompts } from "../builders.ts";

/** from, triggered, to, number of denials of each streak */
function streaks(windowing: Partial<Windowing>, ...clocks: readonly string[]): readonly string[] {
  const rule = { kind: "sliding", windowMs: 15 * minute, threshold: 3, ...windowing } as const;
  return findStreaks(rule, prompts(...clocks)).map(
    ({ denials, extent, triggeredAt }) =>
      `${clock(extent.from)} ${triggeredAt === null ? "-" : clock(triggeredAt)} ${clock(extent.to)} ${denials.length}`,
  );
}

describe("sliding streaks", () => {
  //  |<--------- 15:00.000 --------->|   fires; a millisecond more does not
  it("fire where the threshold lies within one window, edges and all", () => {
    expect(streaks({}, "09:00", "09:07", "09:15:00.000")).toEqual(["09:00:00 09:15:00 09:15:00 3"]);
    expect(streaks({}, "09:00", "09:07", "09:15:00.001")).toEqual(["09:00:00 - 09:15:00.001 3"]);
  });

  it("fire with the threshold, and not with one less", () => {
    expect(streaks({ threshold: 5 }, "09:00", "09:01", "09:02", "09:03", "09:04")).toEqual([
      "09:00:00 09:04:00 09:04:00 5",
    ]);
    expect(streaks({ threshold: 5 }, "09:00", "09:01", "09:02", "09:03")).toEqual([
      "09:00:00 - 09:03:00 4",
    ]);
    expect(streaks({ threshold: 1 }, "09:00")).toEqual(["09:00:00 09:00:00 09:00:00 1"]);
  });

  it("join over a gap of one window, and are cut by a millisecond more", () => {
    const first = ["09:00", "09:01", "09:02"];
    expect(streaks({}, ...first, "09:17:00.000")).toEqual(["09:00:00 09:02:00 09:17:00 4"]);
    expect(streaks({}, ...first, "09:17:00.001")).toEqual([
      "09:00:00 09:02:00 09:02:00 3",
      "09:17:00.001 - 09:17:00.001 1",
    ]);
  });

  it("contain all denials between two silences, and are triggered when the threshold is first reached", () => {
    expect(streaks({}, "09:00", "09:10", "09:20", "09:25", "09:30", "09:31")).toEqual([
      "09:00:00 09:25:00 09:31:00 6",
    ]);
  });

  it("that never reach the threshold within one window do not fire", () => {
    expect(streaks({}, "09:00", "09:10", "09:20", "09:30")).toEqual(["09:00:00 - 09:30:00 4"]);
  });

  it("can contain several denials of the same time", () => {
    expect(streaks({}, "09:00", "09:00", "09:00")).toEqual(["09:00:00 09:00:00 09:00:00 3"]);
  });

  it("are none without denials", () => {
    expect(streaks({})).toEqual([]);
  });
});

describe("tumbling streaks", () => {
  const kind = "tumbling";

  it("are buckets of the epoch, with their first moment and without their last", () => {
    expect(streaks({ kind }, "09:00", "09:07", "09:14:59.999")).toEqual([
      "09:00:00 09:14:59.999 09:15:00 3",
    ]);
    expect(streaks({ kind }, "09:00", "09:07", "09:15")).toEqual([]);
    expect(streaks({ kind }, "08:59:59.999", "09:07", "09:14")).toEqual([]);
  });

  //  09:00      09:15      09:30      09:45
  //  |  x x x x | x x   x  |          |        one burst: both buckets fire
  it("that fire next to each other are one, triggered by the threshold-th denial of the first", () => {
    expect(
      streaks({ kind }, "09:10", "09:11", "09:12", "09:13", "09:15", "09:20", "09:29"),
    ).toEqual(["09:00:00 09:12:00 09:30:00 7"]);
  });

  it("contain no denials of an adjoining bucket that does not fire", () => {
    expect(streaks({ kind }, "08:59", "09:10", "09:11", "09:12", "09:15", "09:16")).toEqual([
      "09:00:00 09:12:00 09:15:00 3",
    ]);
  });

  it("are parted by a bucket that does not fire", () => {
    expect(
      streaks({ kind }, "09:10", "09:11", "09:12", "09:20", "09:30", "09:31", "09:32"),
    ).toEqual(["09:00:00 09:12:00 09:15:00 3", "09:30:00 09:32:00 09:45:00 3"]);
  });
});
