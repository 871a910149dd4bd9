import { cases } from "../cases.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fields } from "../../src/detection/signin/fields.ts";
import { readApprovals, readTexts } from "../../src/detection/signin/sighting.ts";
import { readSignIn } from "../../src/detection/signin/signIn.ts";
import { stamp, time } from "../builders.ts";
import { rowsArbitrary, ruleArbitrary } from "../laws/arbitraries.ts";
import { oracle, type OracleRule } from "../laws/oracle.ts";
import { expectEachInOne, law, ruleOf, summary, wasReplaced, type Incident } from "../laws/runs.ts";
import { Bench, day, hour, minute } from "./bench.ts";
import type { PublishedRow } from "./fakeLog.ts";

type Event =
  | { readonly kind: "run" | "maintain"; readonly at: number }
  | { readonly kind: "backfill"; readonly at: number; readonly from: number; readonly to: number };

const start = time("09:00");
const end = start + 4 * day;

/** Rows as a log service has them: stored after all that they tell of, and published up to two days later. */
const published: fc.Arbitrary<readonly PublishedRow[]> = rowsArbitrary().chain((rows) =>
  fc
    .array(fc.constantFrom(0, 5 * minute, hour, 7 * hour, 24 * hour, 47 * hour), {
      minLength: rows.length,
      maxLength: rows.length,
    })
    .map((lateness) => {
      const firstOf = new Map<string, number>();
      return rows.flatMap((row, i) => {
        const generated = generatedAfter(row);
        const { request } = readSignIn(row);
        const first = firstOf.get(request) ?? generated;
        firstOf.set(request, first);
        // A sign-in takes minutes: what is stored of one request is stored within an hour, however late.
        if (Math.abs(generated - first) > 25 * minute) {
          return [];
        }
        const publishedAt = generated + (lateness[i] ?? 0);
        return [{ publishedAt, row: { ...row, TimeGenerated: stamp(generated) } }];
      });
    }),
);

function generatedAfter(row: Fields): number {
  const signIn = readSignIn({ ...row, TimeGenerated: stamp(start) });
  const sightings = readTexts(signIn).map(({ sighting }) => sighting);
  const told = [...sightings, ...readApprovals(signIn)];
  return told.reduce((latest, each) => Math.max(latest, each?.at ?? 0), start) + 2 * minute;
}

const moments = fc.integer({ min: 0, max: 3 * 24 * 12 }).map((n) => start + n * 5 * minute);

const events: fc.Arbitrary<readonly Event[]> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("run" as const), at: moments }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("maintain" as const), at: moments }) },
      {
        weight: 2,
        arbitrary: fc
          .record({ at: moments, from: moments, length: fc.integer({ min: 1, max: 26 * 60 }) })
          .map(({ at, from, length }) => ({
            kind: "backfill" as const,
            at,
            from: Math.min(from, at - minute),
            to: Math.min(at, from + length * minute),
          })),
      },
    ),
    { minLength: 2, maxLength: 14, size: "max" },
  )
  .map((all) => all.toSorted((a, b) => a.at - b.at));

async function follow(
  rows: readonly PublishedRow[],
  rule: OracleRule,
  schedule: readonly Event[],
): Promise<Bench> {
  const bench = new Bench(start, rows, {
    rules: [ruleOf(rule)],
    ingestionSafetyMs: 0,
    initialLookbackMs: 10 * day,
    approvalLatenessMs: 5 * day,
  });
  for (const event of schedule) {
    bench.now = event.at;
    switch (event.kind) {
      case "run":
        await bench.run(event.at);
        break;
      case "maintain":
        await bench.maintain(event.at);
        break;
      case "backfill":
        if (event.from < event.to) {
          await bench.backfill(event, {}, 0);
        }
        break;
    }
  }
  await bench.run(end);
  return bench;
}

function live(bench: Bench): readonly Incident[] {
  return bench.store
    .snapshot()
    .heads.flatMap(({ subject, bursts }) =>
      bursts
        .filter(({ mergedInto }) => mergedInto === null)
        .map((burst) => ({ tenantId: subject.tenantId, user: subject.user, burst })),
    );
}

describe("runs and backfills in any order, over rows however late,", () => {
  it("leave the incidents of the contract, like a single run", async () => {
    const ends = { equal: 0, replaced: 0, incidents: 0 };
    await law(
      fc.asyncProperty(published, ruleArbitrary(), events, async (rows, rule, schedule) => {
        const all = rows.map(({ row }) => row);
        const truth = oracle(all, rule);
        const once = await follow(rows, rule, []);
        expect(live(once).map(summary).toSorted()).toEqual(truth.map(summary).toSorted());

        const bench = await follow(rows, rule, schedule);
        const seen = [...schedule.map(({ at }) => at), end].map((at) =>
          rows.filter(({ publishedAt }) => publishedAt <= at).map(({ row }) => row),
        );
        if (wasReplaced(seen, rule)) {
          ends.replaced++;
        } else {
          ends.equal++;
          expect(live(bench).map(summary).toSorted()).toEqual(truth.map(summary).toSorted());
        }
        expectEachInOne(live(bench), truth);
        ends.incidents += truth.length;
      }),
      250,
    );
    expect(ends.equal).toBeGreaterThan(3 * ends.replaced);
    expect(ends.incidents).toBeGreaterThan(cases(60));
  });
});
