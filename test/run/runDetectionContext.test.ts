import { describe, expect, it } from "vitest";
import type { EventRow, FailedSignIns } from "../../src/detection/context/rows.ts";
import { alice, approved, bob, row, time } from "../builders.ts";
import {
  Bench,
  day,
  denyThenApprove,
  explicitDeny,
  hour,
  minute,
  personNamed,
  refusals,
} from "./bench.ts";
import { publish } from "./fakeLog.ts";
import { FakeTables, month, names } from "./fakeTables.ts";

const strange = "203.0.113.10";

const all = ["events", "history", "failures", "successes"];

function registered(at: string, storedAt: number, more: Partial<EventRow> = {}) {
  return {
    table: "AuditLogs",
    at: time(at),
    operation: "User registered security info",
    failed: false,
    by: alice.name,
    byNames: names,
    onNames: names,
    address: strange,
    detail: null,
    storedAt,
    ...more,
  };
}

function benchOf(rules = [explicitDeny], rows = refusals("09:00", 5)) {
  const context = new FakeTables();
  const bench = new Bench("09:30", publish(rows), { rules, context });
  return { bench, context, tell: () => bench.sink.delivered.map(({ summary }) => summary.reason) };
}

function verdicts({ bench }: { readonly bench: Bench }) {
  return bench.records().map(({ told }) => told?.verdict);
}

describe("the context of a finding", () => {
  it("is looked up in four queries, and goes with the incident when it is opened", async () => {
    const { bench, context, tell } = benchOf();
    context.seen = month("198.51.100.1");
    await bench.run("09:30");
    expect(context.asked).toEqual(all);
    expect(verdicts({ bench })).toEqual(["new"]);
    expect(tell()).toEqual(["first-seen"]);
  });

  it("is not looked up without a finding, nor for one that stays as it was", async () => {
    const quiet = benchOf([explicitDeny], refusals("09:00", 4));
    await quiet.bench.run("09:30");
    expect(quiet.context.asked).toEqual([]);
    const { bench, context, tell } = benchOf();
    await bench.run("09:30");
    context.asked.length = 0;
    // What is under watch is asked for in one query; the second look of the day finds nothing new.
    await bench.run("09:35");
    expect(context.asked).toEqual(["events"]);
    await bench.maintain("09:40");
    expect(context.asked).toEqual(["events"]);
    expect(tell()).toEqual(["first-seen"]);
  });

  it("takes four queries also for many findings", async () => {
    const rows = ["amy", "ben", "cleo"].flatMap((name) =>
      refusals("09:00", 5, { name: `${name}@contoso.com`, id: `id of ${name}` }),
    );
    const { bench, context } = benchOf([explicitDeny], rows);
    await bench.run("09:30");
    expect(bench.sink.delivered).toHaveLength(3);
    expect(context.asked).toEqual(all);
  });

  it.each([
    ["a hundred of those attacked", 0, 1],
    ["all of those attacked, if others who were active need no decision", 100, 2],
  ])("is looked up at once for %s", async (_, calm, times) => {
    const people = (count: number, word: string) =>
      Array.from({ length: count }, (__, i) => personNamed(`${word}${i}`));
    const attacked = people(110, "hit").flatMap((user) => refusals("09:00", 5, user));
    const others = people(calm, "calm").flatMap((user) => refusals("09:00", 1, user));
    const { bench, context } = benchOf([explicitDeny], [...attacked, ...others]);
    bench.now = time("09:00") + 5 * day;
    await bench.backfill({ from: "08:00", to: "12:00" });
    expect(context.asked).toEqual(Array.from({ length: times }, () => all).flat());
    const told = verdicts({ bench }).filter((verdict) => verdict !== undefined);
    expect(told).toHaveLength(Math.min(110, 100 * times));
  });

  it("is looked up again when the finding grows", async () => {
    const { bench, context, tell } = benchOf();
    await bench.run("09:30");
    context.asked.length = 0;
    bench.log.add(publish(refusals("09:06", 2), "09:35"));
    await bench.run("09:40");
    expect(context.asked).toEqual(["events", ...all]);
    expect(tell()).toEqual(["first-seen", "grew"]);
  });

  it("is off if there is nothing to query", async () => {
    const { bench } = benchOf();
    await bench.run("09:30", { context: null });
    expect(verdicts({ bench })).toEqual([undefined]);
    expect(bench.due()).toMatchObject([{ watch: expect.not.objectContaining({ followUp: {} }) }]);
  });
});

describe("a lookup that fails", () => {
  const problems = ["not connected", "not permitted", "cut", "failed"] as const;
  const faults = all.flatMap((kind) => problems.map((problem) => [kind, problem] as const));

  it.each(faults)(
    "leaves the incident on time, and says the gap: %s, %s",
    async (kind, problem) => {
      const { bench, context, tell } = benchOf();
      context.seen = month("198.51.100.1");
      context.failing = new Set([kind]);
      context.problem = problem;
      await bench.run("09:30");
      expect(tell()).toEqual(["first-seen"]);
      const [sent] = bench.sink.delivered;
      expect(sent?.text.description).toMatch(
        new RegExp(`Not looked up: .*\\(${problem}\\)|: ${problem}`),
      );
      expect(sent?.summary.facts).toMatchObject({ denials: 5, severity: "Medium" });
    },
  );

  it.each(all)("does not hold back the incident, and is tried again: %s", async (kind) => {
    const { bench, context, tell } = benchOf();
    context.seen = month("198.51.100.1");
    context.failing = new Set([kind]);
    await bench.run("09:30");
    expect(tell()).toEqual(["first-seen"]);
    expect(bench.records()[0]?.told?.isPartial).toBe(true);
    expect(bench.sink.delivered[0]?.text.description).toMatch(/Not looked up: .*\(failed\)/);
    await bench.run("09:35");
    expect(tell()).toEqual(["first-seen"]);
    context.failing = new Set();
    await bench.run("09:40");
    expect(tell()).toEqual(["first-seen", "context-added"]);
    expect(bench.records()[0]?.told).toMatchObject({ verdict: "new", isPartial: false });
    context.asked.length = 0;
    await bench.run("09:45");
    expect(context.asked).toEqual(["events"]);
  });

  it("is tried again for an hour", async () => {
    const { bench, context } = benchOf();
    context.failing = new Set(["history"]);
    await bench.run("09:30");
    context.asked.length = 0;
    await bench.run("10:29");
    expect(context.asked).toContain("history");
    context.asked.length = 0;
    await bench.run("10:31");
    expect(context.asked).toEqual(["events"]);
  });

  it("removes nothing from the incident", async () => {
    const { bench, context } = benchOf();
    context.seen = month("198.51.100.1");
    await bench.run("09:30");
    context.failing = new Set(all);
    bench.log.add(publish(refusals("09:06", 2), "09:35"));
    await bench.run("09:40");
    expect(bench.records()[0]?.told).toMatchObject({ verdict: "new", isPartial: true });
  });
});

describe("what follows", () => {
  it("is reported once, as an update, and raises the severity", async () => {
    const { bench, context, tell } = benchOf();
    await bench.run("09:30");
    expect(bench.sink.delivered.at(-1)?.text.severity).toBe("Medium");
    context.stored = [registered("09:20", time("11:58"))];
    await bench.run("12:00");
    expect(tell()).toEqual(["first-seen", "followed-by"]);
    expect(bench.sink.delivered.at(-1)?.text.severity).toBe("High");
    await bench.run("12:05");
    context.stored = [...context.stored, registered("09:20", time("12:08"))];
    await bench.run("12:10");
    expect(tell()).toEqual(["first-seen", "followed-by"]);
    context.stored = [...context.stored, registered("09:25", time("12:13"))];
    await bench.run("12:15");
    expect(tell()).toEqual(["first-seen", "followed-by", "followed-by"]);
  });

  it("is watched for 24 hours and two days of lateness", async () => {
    const until = time("09:00") + 3 * day;
    for (const [readTo, count] of [
      [until - minute, 2],
      [until + minute, 1],
    ] as const) {
      const { bench, context, tell } = benchOf();
      await bench.run("09:30");
      for (let at = time("10:00"); at < readTo; at += 6 * hour) {
        await bench.run(at);
      }
      // A run reads up to two minutes ago.
      await bench.run(readTo + 2 * minute);
      context.stored = [registered("23:00", readTo + minute)];
      await bench.run(readTo + 5 * minute);
      expect([readTo, tell().length]).toEqual([readTo, count]);
    }
  });

  it("is not lost where the audit logs could not be read in between", async () => {
    const { bench, context, tell } = benchOf();
    await bench.run("09:30");
    context.stored = [registered("09:20", time("09:31"))];
    context.failing = new Set(["events"]);
    const summary = await bench.run("09:35");
    expect(summary.publishedTo).toBe(time("09:33"));
    await bench.run("09:40");
    expect(tell()).toEqual(["first-seen"]);
    context.failing = new Set();
    await bench.run("09:45");
    expect(tell()).toEqual(["first-seen", "followed-by"]);
  });

  it.each([
    ["of somebody else", { byNames: [bob.id], onNames: [bob.name] }],
    ["that means nothing", { operation: "Update sign-in hints" }],
    ["from before the denials", { at: time("08:00") }],
  ])("is not an event %s", async (_, more) => {
    const { bench, context, tell } = benchOf();
    await bench.run("09:30");
    context.stored = [registered("09:20", time("09:31"), more)];
    context.asked.length = 0;
    await bench.run("09:35");
    expect(context.asked).toEqual(["events"]);
    expect(tell()).toEqual(["first-seen"]);
  });
});

describe("two refusals and an approval", () => {
  const rows = [
    ...refusals("09:00", 2),
    row({ at: "09:10", resultType: "0", steps: [approved("09:10")] }),
  ];

  it.each([
    ["new", "198.51.100.1", "High"],
    ["usual", strange, null],
  ] as const)("from a %s origin", async (verdict, home, severity) => {
    const { bench, context } = benchOf([explicitDeny, denyThenApprove], rows);
    context.seen = month(home);
    const { reasons } = await bench.run("09:30");
    expect(bench.sink.delivered.map(({ text }) => text.severity)).toEqual(
      severity === null ? [] : [severity],
    );
    expect(Object.keys(reasons)).toEqual([verdict === "usual" ? "usual-origin" : "first-seen"]);
  });

  it("are opened as Medium where the origin cannot be known", async () => {
    const { bench, context } = benchOf([explicitDeny, denyThenApprove], rows);
    context.failing = new Set(["history"]);
    await bench.run("09:30");
    expect(bench.sink.delivered.map(({ text }) => text.severity)).toEqual(["Medium"]);
  });

  it("stay Medium when the answer comes later, and the text changes", async () => {
    const { bench, context, tell } = benchOf([explicitDeny, denyThenApprove], rows);
    context.seen = month("198.51.100.1");
    context.failing = new Set(["history"]);
    await bench.run("09:30");
    context.failing = new Set();
    await bench.run("09:35");
    // What is told now stands in the record; another look goes by neither.
    bench.log.add(publish(refusals("09:12", 1), "09:38"));
    await bench.run("09:41");
    expect(tell()).toEqual(["first-seen", "context-added", "grew"]);
    expect(bench.sink.delivered.map(({ text }) => text.severity)).toEqual([
      "Medium",
      "Medium",
      "Medium",
    ]);
    expect(bench.sink.delivered.at(-1)?.text.description).toContain("had not used");
    // Five denials are another rule's finding, which the approval raises.
    bench.log.add(publish(refusals("09:13", 2), "09:43"));
    await bench.run("09:46");
    expect(bench.sink.delivered.at(-1)?.text.severity).toBe("High");
  });
});

describe("a campaign", () => {
  function refused(person: typeof alice | typeof bob): FailedSignIns {
    return {
      names: [person.id, person.name],
      kind: "refused",
      address: strange,
      asNumber: null,
      userAgent: null,
      firstAt: time("09:00"),
      lastAt: time("09:04"),
      signIns: 5,
    };
  }

  it("has one id for findings of one run", async () => {
    const rows = [...refusals("09:00", 5), ...refusals("09:01", 5, bob)];
    const { bench, context } = benchOf([explicitDeny], rows);
    context.failed = [refused(alice), refused(bob)];
    await bench.run("09:30");
    const [first, second] = bench.records();
    expect(first?.told?.campaign).toBe(first?.id);
    expect(second?.told?.campaign).toBe(first?.id);
  });

  it("goes on with the id of an incident that was opened earlier", async () => {
    const { bench, context } = benchOf();
    await bench.run("09:30");
    context.failed = [refused(alice), refused(bob)];
    bench.log.add(publish(refusals("09:20", 5, bob), "09:35"));
    await bench.run("09:40");
    const [first, second] = bench.records();
    expect(second?.told?.campaign).toBe(first?.id);
  });
});
