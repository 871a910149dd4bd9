/** The laws for rules that share incidents: `explicit-mfa-deny` and `mfa-deny-then-approve`. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cases } from "../cases.ts";
import { approved, denialRow, row, time } from "../builders.ts";
import { minute, rule } from "../detection/builders.ts";
import type { Row } from "./oracle.ts";
import { Detector, law, summary } from "./runs.ts";

const explicitMfaDeny = rule();
const family = [explicitMfaDeny, rule({}, "mfa-deny-then-approve")];

/** A denial or an approval so many minutes after nine. */
type Event = readonly [kind: "deny" | "approve", minutes: number];

const deny = (...minutes: readonly number[]): readonly Event[] =>
  minutes.map((each) => ["deny", each]);
const approve = (...minutes: readonly number[]): readonly Event[] =>
  minutes.map((each) => ["approve", each]);

function rowOf([kind, minutes]: Event): Row {
  const at = time("09:00") + minutes * minute;
  return kind === "deny"
    ? denialRow(at)
    : row({ at, resultType: "0", steps: [approved(at)], address: "192.0.2.99" });
}

/** The incidents that are left after each run has read its rows. */
async function incidentsOf(runs: readonly (readonly Event[])[], rules = family) {
  const detector = new Detector(...rules);
  for (const events of runs) {
    await detector.run(events.map(rowOf));
  }
  return detector.live();
}

async function told(runs: readonly (readonly Event[])[], rules = family) {
  return (await incidentsOf(runs, rules))
    .map(({ burst: { facts, rules: found = ["explicit-mfa-deny"] } }) => ({
      severity: facts.severity,
      denials: facts.denials,
      from: (facts.firstDenialAt - time("09:00")) / minute,
      triggered: (facts.triggeredAt - time("09:00")) / minute,
      to: (facts.lastDenialAt - time("09:00")) / minute,
      rules: found.toSorted(),
    }))
    .toSorted((a, b) => a.from - b.from);
}

const both = ["explicit-mfa-deny", "mfa-deny-then-approve"];

describe("an attack that several rules of a family find", () => {
  const examples = [
    {
      name: "an approval before the fifth denial",
      events: [...deny(0, 1), ...approve(2), ...deny(5, 7, 9)],
      incident: { severity: "High", denials: 5, from: 0, triggered: 1, to: 9, rules: both },
    },
    {
      name: "an approval long after the fifth denial, but not after two later ones",
      events: [...deny(0, 2, 4, 6, 8, 40, 41), ...approve(80)],
      incident: { severity: "High", denials: 7, from: 0, triggered: 2, to: 41, rules: both },
    },
  ];

  it.each(examples)("is one incident, in every order of arrival: $name", async (example) => {
    const { events, incident } = example;
    expect(await told([events])).toEqual([incident]);
    await law(
      fc.asyncProperty(
        fc.shuffledSubarray([...events], { minLength: events.length }),
        async (order) => {
          expect(await told(order.map((event) => [event]))).toEqual([incident]);
        },
      ),
      120,
    );
  });

  it("is one incident in whatever runs its rows come, late or twice", async () => {
    const ends = { incidents: 0, shared: 0, merged: 0 };
    await law(
      fc.asyncProperty(anyRuns, async ({ events, runs }) => {
        const detector = new Detector(...family);
        for (const each of runs) {
          await detector.run(each.map(rowOf));
        }
        const whole = await incidentsOf([events]);
        expect(detector.live().map(summary).toSorted()).toEqual(whole.map(summary).toSorted());
        ends.incidents += whole.length;
        ends.shared += whole.filter(({ burst }) => (burst.rules ?? []).length > 1).length;
        ends.merged += detector.records().filter(({ mergedInto }) => mergedInto !== null).length;
      }),
      400,
    );
    // The law would be an empty one without incidents that are shared, and without some that join later.
    expect(ends.incidents).toBeGreaterThan(cases(200));
    expect(ends.shared).toBeGreaterThan(cases(40));
    expect(ends.merged).toBeGreaterThan(cases(5));
  });

  it("names the rules that fired, and keeps the id of the one that opened it", async () => {
    const detector = new Detector(...family);
    const [first] = (await detector.run(deny(0, 1, 2, 3, 4).map(rowOf))).findings;
    expect(first?.finding.rules.map(({ id }) => id)).toEqual(["explicit-mfa-deny"]);
    const [second, ...others] = (await detector.run(approve(5).map(rowOf))).findings;
    expect(others).toEqual([]);
    expect(second?.finding.rules.map(({ id }) => id)).toEqual(both);
    expect(second?.decision).toMatchObject({ action: "update", reason: "approved-after" });
    expect(second?.decision.burst.id).toBe(first?.decision.burst.id);
  });

  it("says so where another rule fired and nothing else changed", async () => {
    const rows = [...deny(0, 1, 2, 3, 4), ...approve(5)].map(rowOf);
    const detector = new Detector(...family);
    await detector.run(rows, null, [{ ...explicitMfaDeny, threshold: 2 }]);
    const [found] = (
      await detector.run(
        [],
        null,
        family.map((each) => ({ ...each, threshold: 2 })),
      )
    ).findings;
    expect(found?.decision).toMatchObject({ action: "update", reason: "rule-fired" });
  });
});

describe("refusals that only one rule of a family finds", () => {
  it("are an incident of it alone", async () => {
    expect(await told([[...deny(0, 30), ...approve(31)]])).toMatchObject([
      { severity: "Medium", denials: 2, rules: ["mfa-deny-then-approve"] },
    ]);
    expect(await told([deny(0, 1, 2, 3, 4)])).toMatchObject([
      { severity: "Medium", denials: 5, rules: ["explicit-mfa-deny"] },
    ]);
  });

  it("take nothing in that is not a finding", async () => {
    // Two more refusals within the hour, but nobody approved.
    expect(await told([deny(0, 1, 2, 3, 4, 40, 41)])).toMatchObject([{ denials: 5, to: 4 }]);
    expect(await told([deny(0, 1, 2, 3, 4), deny(40), deny(41)])).toMatchObject([
      { denials: 5, to: 4 },
    ]);
  });

  it("stay apart from an attack that they do not overlap", async () => {
    const events = [...deny(0, 1), ...approve(2), ...deny(70, 71, 72, 73, 74)];
    expect(await told([events])).toMatchObject([
      { denials: 2, rules: ["mfa-deny-then-approve"] },
      { denials: 5, rules: ["explicit-mfa-deny"] },
    ]);
  });
});

/** Groups of refusals with gaps that one rule bridges and the other does not, and a few approvals. */
const groups = fc
  .array(
    fc.record({
      gap: fc.constantFrom(10, 15, 16, 30, 45, 60, 61),
      denials: fc.constantFrom(1, 2, 3, 5, 6),
      every: fc.constantFrom(1, 2, 3),
    }),
    { minLength: 1, maxLength: 4, size: "max" },
  )
  .map((all) => {
    const minutes: number[] = [];
    for (const { gap, denials, every } of all) {
      const from = (minutes.at(-1) ?? -gap) + gap;
      minutes.push(...Array.from({ length: denials }, (_, i) => from + i * every));
    }
    return deny(...minutes);
  });

/** The runs in which the rows come: every row in at least one of them, some in several. */
const anyRuns = fc
  .tuple(
    groups,
    fc.array(fc.nat({ max: 240 }), { maxLength: 2 }),
    fc.integer({ min: 2, max: 5 }),
    fc.boolean(),
  )
  .chain(([denials, approvals, count, areApprovalsLate]) => {
    const events = [...denials, ...approve(...approvals)];
    return fc
      .array(fc.integer({ min: 1, max: 2 ** count - 1 }), {
        minLength: events.length,
        maxLength: events.length,
      })
      .map((placed) => ({
        events,
        runs: Array.from({ length: count }, (_, run) =>
          events.filter(([kind], i) =>
            kind === "approve" && areApprovalsLate
              ? run === count - 1
              : ((placed[i] ?? 0) >> run) % 2 === 1,
          ),
        ),
      }));
  });
