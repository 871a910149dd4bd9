/** Laws with the context of findings looked up: order, slicing, lateness and runs at once change no outcome. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { maintain } from "../../src/run/maintain.ts";
import { runDetection } from "../../src/run/runDetection.ts";
import { approved, row, time } from "../builders.ts";
import {
  Bench,
  denyThenApprove,
  explicitDeny,
  hour,
  minute,
  never,
  refusals,
} from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { FakeTables, month } from "../run/fakeTables.ts";
import { Schedule } from "../run/schedule.ts";

const rules = [explicitDeny, denyThenApprove];
const strange = "203.0.113.10";

function benchWith(home: string | null, rows: Parameters<typeof publish>[0] = []) {
  const context = new FakeTables();
  context.seen = home === null ? [] : month(home);
  return new Bench("09:30", publish(rows), { rules, context });
}

function outcome(bench: Bench) {
  return bench
    .records()
    .filter(({ mergedInto }) => mergedInto === null)
    .map(({ facts: { denials, severity, firstDenialAt, triggeredAt, lastDenialAt } }) => [
      denials,
      severity,
      firstDenialAt,
      triggeredAt,
      lastDenialAt,
    ]);
}

const story = fc.record({
  denials: fc.integer({ min: 1, max: 7 }),
  // Minutes after 09:00 at which a prompt is approved; null: none is.
  approvedAt: fc.option(fc.integer({ min: 0, max: 20 })),
  home: fc.constantFrom("198.51.100.1", strange, null),
  // Half hours after 10:00 at which each row arrives, and arrives again.
  delays: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 16, maxLength: 16 }),
});

function rowsOf(denials: number, approvedAt: number | null) {
  const at = time("09:00") + (approvedAt ?? 0) * minute;
  const approval = row({ at, resultType: "0", steps: [approved(at)] });
  return [...refusals("09:00", denials), ...(approvedAt === null ? [] : [approval])];
}

test("rows that come late, out of order and twice give the outcome of rows on time", async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ denials, approvedAt, home, delays }) => {
      const rows = rowsOf(denials, approvedAt);
      const onTime = benchWith(home, rows);
      await onTime.run("10:00");
      const late = benchWith(home);
      [...rows, ...rows].forEach((each, index) => {
        const arrives = time("10:00") + (delays[index] ?? 0) * 30 * minute;
        late.log.add(publish([each], arrives));
      });
      for (let now = time("10:00"); now <= time("10:00") + 5 * hour; now += 30 * minute) {
        await late.run(now + 5 * minute);
      }
      expect(outcome(late)).toEqual(outcome(onTime));
    }),
    { numRuns: 40 },
  );
});

test("a run, a backfill of the same hours and a second look at once give the outcome of one run", async () => {
  await fc.assert(
    fc.asyncProperty(
      story,
      fc.integer({ min: 0, max: 2 ** 31 }),
      async ({ denials, approvedAt, home }, seed) => {
        const rows = rowsOf(denials, approvedAt);
        const alone = benchWith(home, rows);
        await alone.run("10:00");
        const together = benchWith(home, rows);
        together.now = time("10:00");
        const schedule = new Schedule(seed);
        const process = () => {
          const given = together.detector();
          const { context = null } = given;
          return {
            ...given,
            store: schedule.port(together.store),
            source: schedule.port(together.log),
            context: context === null ? null : schedule.port(context),
          };
        };
        together.jobsPort = schedule.port(together.jobs);
        const ended = await schedule.run([
          runDetection(process(), never),
          maintain(process(), never),
          together.backfill({ from: "08:00", to: "09:58" }, process(), 0),
        ]);
        expect(ended.filter(({ status }) => status === "rejected")).toEqual([]);
        await together.run("10:40");
        expect(outcome(together)).toEqual(outcome(alone));
      },
    ),
    { numRuns: 40 },
  );
});
