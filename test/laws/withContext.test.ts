/** Laws 1 to 3 with the context of findings looked up: order, slicing and lateness change no outcome. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { approved, row, time } from "../builders.ts";
import { Bench, denyThenApprove, explicitDeny, hour, minute, refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { FakeTables, month } from "../run/fakeTables.ts";

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

test("rows that come late, out of order and twice give the outcome of rows on time", async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ denials, approvedAt, home, delays }) => {
      const at = time("09:00") + (approvedAt ?? 0) * minute;
      const rows = [
        ...refusals("09:00", denials),
        ...(approvedAt === null ? [] : [row({ at, resultType: "0", steps: [approved(at)] })]),
      ];
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
