import { describe, expect, it } from "vitest";

import { findStreaks } from "../../../src/detection/bursts/streak.ts";
import {
  commonWindow,
  findNeighbourhoods,
} from "../../../src/detection/decisions/neighbourhood.ts";
import type { RecordedBurst } from "../../../src/detection/decisions/record.ts";
import type { Rule } from "../../../src/detection/rules/rule.ts";
import { time } from "../../builders.ts";
import { clock, minute, prompts, recorded } from "../builders.ts";

type Numbers = Pick<Rule, "id" | "kind" | "windowMs" | "threshold">;

/** from-to of the whole: streaks, then the ids of the records */
function neighbourhoods(
  numbers: Partial<Numbers>,
  clocks: readonly string[],
  ...records: readonly RecordedBurst[]
): readonly string[] {
  const rule: Numbers = {
    id: "any",
    kind: "sliding",
    windowMs: 15 * minute,
    threshold: 2,
    ...numbers,
  };
  const streaks = findStreaks(rule, prompts(...clocks)).map((streak) => ({
    rule,
    streak,
    verdict: "below-threshold" as const,
  }));
  return findNeighbourhoods(streaks, records, () => ["any"]).map(
    ({ streaks: near, recorded: known, extent }) =>
      [
        `${clock(extent.from)}-${clock(extent.to)}:`,
        ...near.map(({ streak }) => `streak of ${streak.denials.length}`),
        ...known.map(({ id }) => id),
      ].join(" "),
  );
}

const nine = recorded("09:00", "09:05", { id: "nine" });

describe("a streak and a recorded burst", () => {
  it("within one window of each other are one, in both directions", () => {
    expect(neighbourhoods({}, ["09:20:00.000"], nine)).toEqual([
      "09:00:00-09:20:00: streak of 1 nine",
    ]);
    expect(neighbourhoods({}, ["09:20:00.001"], nine)).toEqual([
      "09:20:00.001-09:20:00.001: streak of 1",
    ]);
    expect(neighbourhoods({}, ["08:45:00.000"], nine)).toEqual([
      "08:45:00-09:05:00: streak of 1 nine",
    ]);
    expect(neighbourhoods({}, ["08:44:59.999"], nine)).toEqual([
      "08:44:59.999-08:44:59.999: streak of 1",
    ]);
  });

  it("that overlap are one", () => {
    expect(neighbourhoods({}, ["09:01", "09:02"], nine)).toEqual([
      "09:00:00-09:05:00: streak of 2 nine",
    ]);
  });

  it("without a streak nearby is left out", () => {
    expect(neighbourhoods({}, [], nine)).toEqual([]);
    expect(neighbourhoods({}, ["12:00"], nine)).toEqual(["12:00:00-12:00:00: streak of 1"]);
  });

  it("bring in the records and streaks on the other side of it", () => {
    const ten = recorded("09:35", "10:00", { id: "ten" });
    expect(neighbourhoods({}, ["08:50", "09:20", "10:10"], nine, ten)).toEqual([
      "08:50:00-10:10:00: streak of 1 streak of 1 streak of 1 nine ten",
    ]);
    expect(neighbourhoods({}, ["08:50", "10:10"], nine, ten)).toEqual([
      "08:50:00-09:05:00: streak of 1 nine",
      "09:35:00-10:10:00: streak of 1 ten",
    ]);
  });
});

describe("streaks between which there need be no silence, as when one stands for what was touched", () => {
  const joined = (kind: Rule["kind"], from: string, to: string) => {
    const touched = { denials: [], extent: { from: time(from), to: time(to) }, triggeredAt: null };
    const rule = { id: "any", kind, windowMs: 15 * minute, threshold: 2 };
    const [streak] = findStreaks(rule, prompts("09:00", "09:05"));
    const both = (streak === undefined ? [] : [streak, touched]).map((each) => ({
      rule,
      streak: each,
      verdict: "below-threshold" as const,
    }));
    const found = findNeighbourhoods(both, [], () => []);
    return found.map(({ extent }) => `${clock(extent.from)}-${clock(extent.to)}`);
  };

  it("are one within one window, of a sliding rule", () => {
    expect(joined("sliding", "09:20:00.000", "09:20:00.000")).toEqual(["09:00:00-09:20:00"]);
    expect(joined("sliding", "09:20:00.001", "09:20:00.001")).toHaveLength(2);
  });

  it("are one where they share or adjoin a bucket, of a tumbling rule", () => {
    expect(joined("tumbling", "09:15:00.000", "09:16")).toEqual(["09:00:00-09:16:00"]);
    expect(joined("tumbling", "09:15:00.001", "09:16")).toHaveLength(2);
  });
});

describe("a tumbling streak and a recorded burst", () => {
  const kind = "tumbling" as const;
  const bucket = recorded("09:00", "09:15", { id: "bucket", kind });

  it("that share or adjoin a bucket are one", () => {
    expect(neighbourhoods({ kind }, ["09:01", "09:02"], bucket)).toEqual([
      "09:00:00-09:15:00: streak of 2 bucket",
    ]);
    expect(neighbourhoods({ kind }, ["09:16", "09:17"], bucket)).toEqual([
      "09:00:00-09:30:00: streak of 2 bucket",
    ]);
    expect(neighbourhoods({ kind }, ["08:46", "08:47"], bucket)).toEqual([
      "08:45:00-09:15:00: streak of 2 bucket",
    ]);
  });

  it("with a bucket between them are two", () => {
    expect(neighbourhoods({ kind }, ["09:31", "09:32"], bucket)).toEqual([
      "09:30:00-09:45:00: streak of 2",
    ]);
  });
});

describe("after a change of the rule's numbers", () => {
  const wide = recorded("09:00", "09:05", { id: "wide", windowMs: 60 * minute });

  it("the larger of recorded and current window counts", () => {
    expect(neighbourhoods({}, ["10:05:00.000"], wide)).toEqual([
      "09:00:00-10:05:00: streak of 1 wide",
    ]);
    expect(neighbourhoods({}, ["10:05:00.001"], wide)).toEqual([
      "10:05:00.001-10:05:00.001: streak of 1",
    ]);
    const windowMs = 60 * minute;
    expect(neighbourhoods({ windowMs }, ["10:05:00.000"], nine)).toEqual([
      "09:00:00-10:05:00: streak of 1 nine",
    ]);
    expect(neighbourhoods({ windowMs }, ["10:05:00.001"], nine)).toEqual([
      "10:05:00.001-10:05:00.001: streak of 1",
    ]);
  });

  it("buckets of another size, or of a rule that slid, reach as far as the larger window", () => {
    const kind = "tumbling" as const;
    const windowMs = 10 * minute;
    const ofTen = recorded("09:10", "09:20", { id: "ten", kind, windowMs });
    expect(neighbourhoods({ kind }, ["09:31", "09:32"], ofTen)).toEqual([
      "09:10:00-09:45:00: streak of 2 ten",
    ]);
    const later = recorded("09:20", "09:30", { id: "later", kind, windowMs });
    expect(neighbourhoods({ kind }, ["09:46", "09:47"], later)).toEqual([
      "09:20:00-10:00:00: streak of 2 later",
    ]);
    expect(neighbourhoods({ kind }, ["09:46", "09:47"], ofTen)).toEqual([
      "09:45:00-10:00:00: streak of 2",
    ]);
    expect(neighbourhoods({ kind, windowMs }, ["09:31", "09:32"], ofTen)).toEqual([
      "09:30:00-09:40:00: streak of 2",
    ]);
    expect(neighbourhoods({ kind }, ["09:16", "09:17"], nine)).toEqual([
      "09:00:00-09:30:00: streak of 2 nine",
    ]);
    expect(neighbourhoods({}, ["09:30"], { ...ofTen, windowMs: 15 * minute })).toEqual([
      "09:10:00-09:30:00: streak of 1 ten",
    ]);
  });

  it("a record that reaches far bridges back over several that were apart", () => {
    const far = recorded("11:00", "11:05", { id: "far", windowMs: 60 * minute });
    const streaks = ["10:15", "10:32", "10:50"];
    expect(neighbourhoods({}, streaks, nine, far)).toEqual([
      "10:15:00-11:05:00: streak of 1 streak of 1 streak of 1 far",
    ]);
    expect(neighbourhoods({}, streaks, nine)).toHaveLength(3);
    // What was reached is part of the burst, and reaches as far.
    expect(neighbourhoods({}, ["09:15:00.000", ...streaks], far)).toHaveLength(1);
    expect(neighbourhoods({}, ["09:14:59.999", ...streaks], far)).toHaveLength(2);
  });
});

describe("an attack that rules with different scopes see in part", () => {
  const wide = { id: "wide", kind: "sliding" as const, windowMs: 15 * minute, threshold: 2 };
  const vip = { ...wide, id: "vip" };
  /** `wide` fires at 09:00 and sees one more denial at 09:25, `vip` fires from 09:05 to 09:15. */
  const streaks = [
    ...findStreaks(wide, prompts("09:00", "09:05", "09:25")).map((streak) => ({
      rule: wide,
      streak,
    })),
    ...findStreaks(vip, prompts("09:05", "09:15")).map((streak) => ({ rule: vip, streak })),
  ].map((each) => ({
    ...each,
    verdict: each.streak.triggeredAt === null ? ("below-threshold" as const) : ("finding" as const),
  }));
  const found = (records: readonly RecordedBurst[]) =>
    findNeighbourhoods(streaks, records, ({ rules = [] }) => rules).map(
      ({ streaks: near, extent }) =>
        `${clock(extent.from)}-${clock(extent.to)}: ${near.map(({ rule }) => rule.id).join(" ")}`,
    );

  it("is the same whether nothing, a part or all of it is recorded", () => {
    const whole = ["09:00:00-09:25:00: wide vip wide"];
    expect(found([])).toEqual(whole);
    expect(found([recorded("09:05", "09:15", { rules: ["vip"] })])).toEqual(whole);
    expect(found([recorded("09:00", "09:15", { rules: ["wide", "vip"] })])).toEqual(whole);
  });

  it("leaves a denial alone that lies near what only another rule found", () => {
    const without = streaks.filter(({ rule, verdict }) => rule === vip || verdict !== "finding");
    expect(without).toHaveLength(2);
    expect(findNeighbourhoods(without, [], () => [])).toHaveLength(2);
  });
});

describe("the window of a burst", () => {
  const tumbling = { kind: "tumbling" as const, windowMs: 10 * minute };
  const sliding = { kind: "sliding" as const, windowMs: 15 * minute };

  it("is that of its rules where they share one, else a sliding one of the longest", () => {
    expect(commonWindow([tumbling, tumbling])).toEqual(tumbling);
    expect(commonWindow([tumbling, { ...tumbling, windowMs: 20 * minute }])).toEqual({
      kind: "sliding",
      windowMs: 20 * minute,
    });
    expect(commonWindow([tumbling, sliding])).toEqual(sliding);
    expect(commonWindow([sliding, tumbling])).toEqual(sliding);
  });
});
