import { describe, expect, it } from "vitest";
import { readAccountCases } from "../../src/run/accountCases.ts";
import { alice, denialRow, time } from "../builders.ts";
import { accountOf } from "../detection/builders.ts";
import { inMutationRun } from "../inMutationRun.ts";
import { around } from "./around.ts";
import {
  Bench,
  day,
  explicitDeny,
  forgetful,
  hour,
  minute,
  never,
  refusals,
  ruleNamed,
} from "./bench.ts";
import { publish, type Moment } from "./fakeLog.ts";

const account = accountOf(alice);

async function caseAt(bench: Bench, from: number, to = from, more = {}) {
  const [found] = await readAccountCases(
    bench.detector(more),
    [{ account, span: { from, to } }],
    never,
  );
  if (found === undefined) {
    throw new Error("no case was read");
  }
  return found;
}

const denialsIn = ({ families }: Awaited<ReturnType<typeof caseAt>>) =>
  (families[0]?.views ?? []).map(({ streaks }) => streaks.flatMap(({ denials }) => denials).length);

describe("around what was touched", () => {
  it("is read until there is silence for longer than a window, on both sides", async () => {
    // Every fifteen minutes, from midnight to eight; and beside it, a millisecond more apart.
    const chain = refusals("00:00", 33, alice, 15 * minute);
    const beyond = denialRow(time("08:15") + 1);
    const bench = new Bench("12:00", publish([...chain, beyond]));
    for (const at of ["00:00", "04:00", "08:00"] as const) {
      const found = await caseAt(bench, time(at));
      expect(denialsIn(found)).toEqual([33]);
      expect(found.bounded).toBe(false);
    }
    expect(denialsIn(await caseAt(bench, time("08:15") + 1))).toEqual([1]);
  });

  it("is read as far with a window that is longer than rows are late", async () => {
    const rule = { ...explicitDeny, windowMs: 2 * hour };
    const bench = new Bench("23:59", publish(refusals("00:00", 12, alice, 2 * hour)));
    for (const at of ["00:00", "22:00"] as const) {
      const found = await caseAt(bench, time(at), time(at), { rules: [rule] });
      expect(denialsIn(found)).toEqual([12]);
      expect(found.bounded).toBe(false);
    }
  });

  it("is read as far where rows were stored as late as they may be", async () => {
    const chain = refusals("00:00", 33, alice, 15 * minute);
    const late = { published: time("06:00") + 71 * hour };
    const rows = chain.map((each, i) => (i === 24 ? denialRow("06:00", late) : each));
    const bench = new Bench(time("00:00") + 5 * day, publish(rows));
    expect(denialsIn(await caseAt(bench, time("00:00")))).toEqual([33]);
  });

  it("may be nothing, where the log shows nothing any more", async () => {
    const found = await caseAt(new Bench("12:00", []), time("09:00"), time("09:04"));
    expect(found.families).toMatchObject([
      {
        views: [{ streaks: [], prompts: [] }],
        hull: { from: time("09:00"), to: time("09:04") },
      },
    ]);
    expect(found.bounded).toBe(false);
  });

  it("one look is enough where silence is near", async () => {
    const bench = new Bench("12:00", publish(refusals("09:00", 5)));
    await caseAt(bench, time("09:00"), time("09:04"));
    expect(bench.log.asked).toHaveLength(1);
    expect(bench.log.asked[0]).toMatchObject({ by: "generated", users: [alice.id, alice.name] });
  });

  it("whole buckets are read, and the ones beside them", async () => {
    const rule = ruleNamed("azure-ad-multiple-denied-mfa");
    const rows = ["09:00", "09:10", "09:20"].flatMap((at) => refusals(at, 10, alice, 20_000));
    const bench = new Bench("12:00", publish(rows));
    for (const at of ["09:00", "09:12", "09:22"]) {
      const found = await caseAt(bench, time(at), time(at), { rules: [rule] });
      expect(denialsIn(found)).toEqual([30]);
    }
  });

  it("heads are read before the log", async () => {
    const bench = new Bench("12:00", publish(refusals("09:00", 5)));
    const order: string[] = [];

    const store = around(bench.store, ({ method, make }) => {
      order.push(method);
      return make();
    });
    bench.log.before = ({ kind }) => {
      order.push(kind);
    };
    await caseAt(bench, time("09:00"), time("09:04"), { store });
    expect(order).toEqual(["readHead", "candidates"]);
  });
});

describe("how far is read", () => {
  /** Refusals two hours apart, for five days. */
  const days = publish(refusals("00:00", 60, alice, 2 * hour));
  const more = { rules: [{ ...explicitDeny, windowMs: 2 * hour }] };
  const [first, last] = [time("00:00"), time("00:00") + 118 * hour];

  it.each([
    ["before", last],
    ["after", first],
    ["on both sides", first + 60 * hour],
  ])("ends a day from the activity, which is recorded: %s", async (_, at) => {
    const bench = new Bench(first + 9 * day, days);
    const found = await caseAt(bench, at, at, more);
    expect(found.bounded).toBe(true);
    // Rows are stored from an hour before to three days after what they tell of.
    const asked = bench.log.asked.map(({ range }) => range);
    expect(Math.min(...asked.map(({ from }) => from))).toBeGreaterThanOrEqual(at - 25 * hour);
    expect(Math.max(...asked.map(({ to }) => to))).toBeLessThanOrEqual(at + 96 * hour);
  });

  it("ends with 10,000 rows of a user, which is recorded", async () => {
    const rows = refusals("00:00", 6, alice, 2 * hour);
    const again = (times: number) => Array.from({ length: times }, () => rows[5] ?? {});
    for (const [times, looks] of [
      [9_995, 1],
      [9_994, 2],
    ] as const) {
      const bench = new Bench(first + 9 * day, publish([...rows.slice(0, 5), ...again(times)]));
      const found = await caseAt(bench, first, first, more);
      expect([bench.log.asked.length, found.bounded]).toEqual([looks, looks === 1]);
    }
  });

  it("also ends if a user has too many rows for an answer, which is recorded", async () => {
    const rows = refusals("09:00", 1).flatMap((each) => Array.from({ length: 10_000 }, () => each));
    const bench = new Bench("23:00", publish([...rows, ...refusals("10:30", 1)]));
    bench.log.mostRows = 10_000;
    const found = await caseAt(bench, time("09:00"));
    expect(found.families[0]?.views.map(({ prompts }) => prompts.length)).toEqual([1]);
    expect(found.bounded).toBe(true);
  });
});

describe.skipIf(inMutationRun)("a burst without end", () => {
  /** A refusal every three minutes for three days. */
  const days = publish(refusals("00:00", 3 * 24 * 20, alice, 3 * minute));
  const start = time("00:00");

  it("is read a day far, and its counts say 'at least'", async () => {
    const bench = new Bench(start + 4 * day, days);
    const found = await caseAt(bench, start + 1.5 * day);
    expect(found.bounded).toBe(true);
    // A day on both sides of what was touched, and what was published with it.
    expect(denialsIn(found)[0]).toBeGreaterThanOrEqual(2 * 24 * 20);
    expect(bench.log.asked.length).toBeLessThan(8);
  });

  it("is one incident all the same, in whatever pieces it is read", async () => {
    const bench = new Bench(start + 10 * minute, days);
    for (let at = start + 3 * hour; at < start + 3.5 * day; at += 3 * hour) {
      await bench.run(at);
    }
    const [burst, ...others] = bench.records();
    expect(others).toEqual([]);
    expect(burst?.extent).toEqual({ from: start, to: start + 3 * day - 3 * minute });
    expect(burst?.facts).toMatchObject({ atLeast: true, firstDenialAt: start });
    expect(bench.sink.delivered.at(-1)?.text.description).toMatch(/at least/i);
  });

  it("is one incident also when backfills read its end before its beginning", async () => {
    const bench = new Bench(start + 4 * day, days);
    for (const begin of [2, 0, 1]) {
      await bench.backfill({ from: start + begin * day, to: start + (begin + 1) * day });
    }
    expect(bench.records().filter(({ mergedInto }) => mergedInto === null)).toHaveLength(1);
    expect(bench.records()[0]?.extent.from).toBe(start);
  });

  it("of more than 10,000 rows in a few hours is bounded in what is read", async () => {
    const flood = publish(refusals("00:00", 12_000, alice, 3_000));
    const bench = new Bench(start + day, flood);
    const found = await caseAt(bench, time("05:00"), time("05:00"), {
      rules: [{ ...explicitDeny, windowMs: minute }],
    });
    expect(found.bounded || denialsIn(found)[0] === 12_000).toBe(true);
  });
});

describe("what is recorded", () => {
  it("belongs to what is judged where it is within a window, with its whole extent", async () => {
    const at: Moment = "09:00";
    const bench = new Bench("09:30", publish(refusals(at, 5)));
    await bench.run("09:30");
    bench.log.add(publish([denialRow("09:18")]));
    bench.now = time("10:00");
    const found = await caseAt(bench, time("09:18"));
    expect(denialsIn(found)).toEqual([6]);
    expect(found.families[0]?.head.bursts).toHaveLength(1);
  });

  it("is all there where the state leaves out what ended more than a day before", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    const store = forgetful(bench.store);
    for (const [at, bursts] of [
      [time("09:04") + day, 1],
      [time("09:04") + day + 1, 0],
    ] as const) {
      const { families } = await caseAt(bench, at, at, { store });
      expect(families[0]?.head.bursts).toHaveLength(bursts);
    }
  });
});
