import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RecordedBurst } from "../../src/detection/decisions/record.ts";
import { denialRow, time } from "../builders.ts";
import { minute } from "../detection/builders.ts";
import { rowsArbitrary, ruleArbitrary } from "./arbitraries.ts";
import { oracle, type OracleRule, type Row } from "./oracle.ts";
import {
  bySeverity,
  Detector,
  expectEachInOne,
  expectEqualOutcome,
  law,
  provedAmbiguous,
  ruleOf,
} from "./runs.ts";
import { cases } from "../cases.ts";

type Runs = readonly (readonly Row[])[];

interface Case {
  readonly rows: readonly Row[];
  readonly rule: OracleRule;
}

/** Plain denials every few minutes: cut into runs, later ones join bursts that were recorded apart. */
const joining: fc.Arbitrary<Case> = fc.record({
  rows: fc
    .uniqueArray(fc.nat({ max: 24 }), { minLength: 6, maxLength: 16, size: "max" })
    .map((marks) => marks.map((mark) => denialRow(time("09:00") + mark * 5 * minute))),
  rule: fc
    .record({ any: ruleArbitrary(), marks: fc.constantFrom(1, 2, 3) })
    .map(({ any, marks }): OracleRule => ({
      ...any,
      windowMs: marks * 5 * minute,
      threshold: any.kind === "tumbling" ? 1 : 2,
      counted: ["denied"],
      approvalRequired: false,
    })),
});

const anyCase: fc.Arbitrary<Case> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ rows: rowsArbitrary(), rule: ruleArbitrary() }) },
  { weight: 1, arbitrary: joining },
);

interface CutCase {
  readonly runs: Runs;
  readonly rule: OracleRule;
}

/** Rows cut into runs in any way: every row is in at least one of them, in any order, some in several. */
const anyRuns: fc.Arbitrary<CutCase> = fc
  .tuple(anyCase, fc.integer({ min: 2, max: 5 }))
  .chain(([{ rows, rule }, runs]) =>
    fc
      .array(fc.integer({ min: 1, max: 2 ** runs - 1 }), {
        minLength: rows.length,
        maxLength: rows.length,
      })
      .map((runsOfRow) => ({
        rule,
        runs: Array.from({ length: runs }, (_, run) =>
          rows.filter((_row, i) => ((runsOfRow[i] ?? 0) >> run) % 2 === 1),
        ),
      })),
  );

/** One row after the other, late or not: the most decisions that there can be. */
const rowByRow: fc.Arbitrary<CutCase> = anyCase.chain(({ rows, rule }) =>
  fc
    .shuffledSubarray([...rows], { minLength: rows.length })
    .map((all) => ({ rule, runs: all.map((row) => [row]) })),
);

/** What is known after each of the runs. */
function accumulated(runs: Runs): Runs {
  return runs.map((_, i) => runs.slice(0, i + 1).flat());
}

async function afterRuns(runs: Runs, detector: Detector): Promise<void> {
  for (const rows of runs) {
    await detector.run(rows);
  }
}

describe("rows cut into runs", () => {
  it("give the incidents of one run over all of them, whatever the overlaps and however late rows come", async () => {
    const ends = { equal: 0, replaced: 0, ambiguous: 0, incidents: 0, merged: 0 };
    await law(
      fc.asyncProperty(anyRuns, async ({ runs, rule }) => {
        const detector = new Detector(ruleOf(rule));
        await afterRuns(runs, detector);
        ends[expectEqualOutcome(detector, accumulated(runs), rule)]++;
        ends.incidents += detector.records().length;
        ends.merged += detector.records().filter((burst) => burst.mergedInto !== null).length;
      }),
      1_000,
    );
    // The law would be an empty one if evidence were mostly replaced, or if there were nothing to merge.
    expect(ends.equal).toBeGreaterThan(4 * ends.replaced);
    expect(ends.replaced).toBeGreaterThan(0);
    expect(ends.equal).toBeGreaterThan(4 * ends.ambiguous);
    expect(ends.incidents).toBeGreaterThan(cases(300));
    expect(ends.merged).toBeGreaterThan(cases(20));
  });

  it("give them also where every row comes in a run of its own", async () => {
    await law(
      fc.asyncProperty(rowByRow, async ({ runs, rule }) => {
        const detector = new Detector(ruleOf(rule));
        await afterRuns(runs, detector);
        expectEqualOutcome(detector, accumulated(runs), rule);
      }),
      300,
    );
  });

  it("read a second time change nothing, and say so", async () => {
    await law(
      fc.asyncProperty(anyRuns, async ({ runs, rule }) => {
        const detector = new Detector(ruleOf(rule));
        await afterRuns(runs, detector);
        const before = detector.records();
        const { findings } = await detector.run(runs.flat());
        expect(detector.records()).toEqual(before);
        for (const { decision } of findings) {
          expect(decision).toMatchObject({ action: "none", reason: "unchanged" });
        }
      }),
      300,
    );
  });

  it("leave records whose id and first denial stay, and whose extent and severity never shrink", async () => {
    await law(
      fc.asyncProperty(anyRuns, async ({ runs, rule }) => {
        const detector = new Detector(ruleOf(rule));
        let before: readonly RecordedBurst[] = [];
        for (const rows of runs) {
          await detector.run(rows);
          expectRecordsKept(before, detector.records());
          before = detector.records();
        }
      }),
      500,
    );
  });

  it("leave of incidents that were merged the one that was first recorded earliest", async () => {
    let merged = 0;
    await law(
      fc.asyncProperty(rowByRow, async ({ runs, rule }) => {
        const detector = new Detector(ruleOf(rule));
        await afterRuns(runs, detector);
        const records = new Map(detector.records().map((burst) => [burst.id, burst]));
        for (const { mergedInto, firstRecordedAt, id } of records.values()) {
          const keeper = mergedInto === null ? undefined : records.get(mergedInto);
          if (keeper !== undefined) {
            merged++;
            expect(keeper.firstRecordedAt).toBeLessThanOrEqual(firstRecordedAt);
            expect(keeper.id).not.toBe(id);
            expect(keeper.extent.from).toBeLessThanOrEqual(firstRecordedAt);
          }
          expect(mergedInto).toBe(keeper?.id ?? null);
        }
      }),
      300,
    );

    expect(merged).toBeGreaterThan(cases(5));
  });

  it("leave every burst in one incident also where the rule's numbers change between them", async () => {
    const changes = fc.array(ruleArbitrary(), { minLength: 5, maxLength: 5, size: "max" });
    const ends = { compared: 0, ambiguous: 0 };
    await law(
      fc.asyncProperty(anyRuns, changes, async ({ runs }, rules) => {
        const detector = new Detector();
        let before: readonly RecordedBurst[] = [];
        for (const [i, rows] of runs.entries()) {
          const rule = rules[i] ?? rules[0];
          if (rule === undefined) {
            continue;
          }
          await detector.run(rows, null, [ruleOf(rule)]);
          const seen = accumulated(runs).slice(0, i + 1);
          if (provedAmbiguous(seen)) {
            ends.ambiguous++;
          } else {
            expectEachInOne(detector.live(), oracle(seen.at(-1) ?? [], rule));
            ends.compared++;
          }
          expectRecordsKept(before, detector.records());
          before = detector.records();
        }
      }),
      500,
    );
    expect(ends.compared).toBeGreaterThan(4 * ends.ambiguous);
  });
});

function expectRecordsKept(
  before: readonly RecordedBurst[],
  after: readonly RecordedBurst[],
): void {
  for (const burst of before) {
    const now = after.find(({ id }) => id === burst.id);
    if (now === undefined) {
      throw new Error(`the record of ${burst.id} is gone`);
    }
    expectOnlyMore(burst, now);
  }
}

function expectOnlyMore(before: RecordedBurst, after: RecordedBurst): void {
  expect(after.firstRecordedAt).toBe(before.firstRecordedAt);
  expect(after.extent.from).toBeLessThanOrEqual(before.extent.from);
  expect(after.extent.to).toBeGreaterThanOrEqual(before.extent.to);
  expect(bySeverity(after.facts.severity, before.facts.severity)).toBeGreaterThanOrEqual(0);
  expect(after.mergedInto ?? before.mergedInto).toBe(after.mergedInto);
  const changed = JSON.stringify(after) !== JSON.stringify(before);
  expect(after.revision).toBe(before.revision + (changed ? 1 : 0));
}
