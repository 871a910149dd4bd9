import { expect, it } from "vitest";

import { burstMarks, GridTally } from "../../../src/detection/bursts/gridTally.ts";

const day = 86_400_000;
const monday = Date.UTC(2026, 2, 9);

it("adds up what each cell finds, by week and by user", () => {
  const tally = new GridTally(2, { from: monday + 3_600_000, to: monday + 13.5 * day });
  const add = (account: number, at: number, marks = 0) =>
    tally.add(1, { account, firstDenialAt: at - 30_000, triggeredAt: at, marks });
  add(0, monday + 7 * day - 1, burstMarks.approved | burstMarks.reported | burstMarks.attack);
  add(0, monday + 7 * day, burstMarks.takenOver);
  add(3, monday + 8 * day, burstMarks.usual | burstMarks.benign);
  expect(tally.figuresOf(1)).toEqual({
    findings: 3,
    users: 2,
    perWeek: 1.5,
    worstWeek: 2,
    approved: 1,
    reported: 1,
    takenOver: 1,
    harmful: 2,
    usualOrigin: 1,
    triggerMs: 30_000,
    attacks: 1,
    benign: 1,
  });
  expect(tally.figuresOf(0)).toMatchObject({ findings: 0, worstWeek: 0, triggerMs: null });
});

it("takes a log shorter than a week for a week", () => {
  const tally = new GridTally(1, { from: monday, to: monday + day });
  tally.add(0, { account: 0, firstDenialAt: monday, triggeredAt: monday, marks: 0 });
  expect(tally.figuresOf(0)).toMatchObject({ perWeek: 1, worstWeek: 1 });
});
