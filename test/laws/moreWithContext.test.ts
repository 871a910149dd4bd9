/** Laws 4, 6, 7 and 8 with the context of findings looked up, and with context off. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Detector } from "../../src/run/detector.ts";
import { accountedFor } from "../../src/run/counts.ts";
import { approved, row, time } from "../builders.ts";
import { cases } from "../cases.ts";
import { around } from "../run/around.ts";
import { Bench, denyThenApprove, explicitDeny, hour, minute, refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { FakeTables, month } from "../run/fakeTables.ts";
import { namesStory } from "./names.ts";
import type { Row } from "./oracle.ts";
import { bySeverity, law } from "./runs.ts";

const rules = [explicitDeny, denyThenApprove];
const kinds = ["history", "failures", "successes", "events"] as const;

interface Story {
  readonly denials: number;
  /** Minutes after 09:00 at which a prompt is approved; null: none is. */
  readonly approvedAt: number | null;
  /** From where the user usually signs in; null: that is unknown. */
  readonly home: string | null;
}

const story: fc.Arbitrary<Story> = fc.record({
  denials: fc.integer({ min: 2, max: 8 }),
  approvedAt: fc.option(fc.integer({ min: 0, max: 20 })),
  home: fc.constantFrom("198.51.100.1", "203.0.113.10", null),
});

function rowsOf({ denials, approvedAt }: Story): readonly Row[] {
  const at = time("09:00") + (approvedAt ?? 0) * minute;
  const approval = row({ at, resultType: "0", steps: [approved(at)] });
  return [...refusals("09:00", denials), ...(approvedAt === null ? [] : [approval])];
}

interface Stage {
  readonly bench: Bench;
  readonly tables: FakeTables;
}

function stageOf(
  isOn: boolean,
  home: string | null,
  rows: readonly Row[],
  more: Partial<Detector> = {},
): Stage {
  const tables = new FakeTables();
  tables.seen = home === null ? [] : month(home);
  const context = isOn ? tables : null;
  const detector = { rules, context, initialLookbackMs: 12 * hour, ...more };
  return { bench: new Bench("09:50", publish(rows), detector), tables };
}

const live = (bench: Bench) => bench.records().filter(({ mergedInto }) => mergedInto === null);

const outcome = (bench: Bench) =>
  live(bench).map(({ facts: { denials, severity, firstDenialAt, triggeredAt, lastDenialAt } }) => [
    denials,
    severity,
    firstDenialAt,
    triggeredAt,
    lastDenialAt,
  ]);

/** Makes one call, of whatever port, the last one of its process. */
class Death {
  calls = 0;
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  port<T extends object>(port: T): T {
    return around(port, async ({ make }) => {
      if (++this.calls >= this.#at) {
        throw new Error("dead");
      }
      return make();
    });
  }
}

describe.each([
  ["on", true],
  ["off", false],
])("with context %s", (_, isOn) => {
  it("law 4: a run that dies at any call leaves what an undisturbed one does", async () => {
    let deaths = 0;
    await law(
      fc.asyncProperty(story, fc.nat(), async (told, at) => {
        const sound = stageOf(isOn, told.home, rowsOf(told));
        await sound.bench.run("10:00");
        const dry = new Death(Infinity);
        const tried = stageOf(isOn, told.home, rowsOf(told));
        const ports = ({ bench, tables }: Stage, death: Death): Partial<Detector> => ({
          store: death.port(bench.store),
          source: death.port(bench.log),
          sinks: [death.port(bench.sink)],
          context: isOn ? death.port(tables) : null,
        });
        await tried.bench.run("10:00", ports(tried, dry));
        const stage = stageOf(isOn, told.home, rowsOf(told));
        const death = new Death(1 + (at % dry.calls));
        await stage.bench.run("10:00", ports(stage, death)).catch(() => deaths++);
        // A claim of the dead process ends first.
        await stage.bench.run("10:40");
        await stage.bench.run("10:45");
        expect(outcome(stage.bench)).toEqual(outcome(sound.bench));
        expect(idsSent(stage.bench)).toEqual(idsSent(sound.bench));
      }),
      150,
    );
    expect(deaths).toBeGreaterThan(cases(20));
  });

  it("law 6: a higher threshold finds within what a lower one does; nothing falls or goes back", async () => {
    let found = 0;
    const failing = fc.array(fc.subarray([...kinds]), { minLength: 4, maxLength: 4 });
    await law(
      fc.asyncProperty(story, failing, async (told, faults) => {
        const at = (threshold: number) =>
          stageOf(isOn, told.home, [], { rules: [{ ...explicitDeny, threshold }] });
        const [lower, higher] = [at(3), at(5)];
        const rows = rowsOf(told);
        for (const [n, fault] of faults.entries()) {
          const now = time("10:00") + (n * hour) / 2;
          for (const { bench, tables } of [lower, higher]) {
            // A part of the rows with each run.
            bench.log.add(
              publish(
                rows.filter((_row, i) => i % faults.length === n),
                now - minute * 10,
              ),
            );
            tables.failing = new Set(fault);
            const before = bench.records();
            const mark = bench.watermark() ?? -Infinity;
            await bench.run(now);
            expect(bench.watermark()).toBeGreaterThanOrEqual(mark);
            for (const { id, facts } of before) {
              const after = bench.records().find((each) => each.id === id);
              expect(
                bySeverity(after?.facts.severity ?? "", facts.severity),
              ).toBeGreaterThanOrEqual(0);
            }
          }
        }
        for (const { facts } of live(higher.bench)) {
          found++;
          const outer = live(lower.bench).filter(
            (each) =>
              each.facts.firstDenialAt <= facts.firstDenialAt &&
              each.facts.lastDenialAt >= facts.lastDenialAt,
          );
          expect(outer).toHaveLength(1);
          expect(outer[0]?.facts.denials).toBeGreaterThanOrEqual(facts.denials);
        }
      }),
      100,
    );
    expect(found).toBeGreaterThan(cases(20));
  });

  it("law 7: every row is accounted for, a partial answer moves no watermark, and a gap is said", async () => {
    await law(
      fc.asyncProperty(story, fc.subarray([...kinds], { minLength: 1 }), async (told, fault) => {
        const { bench, tables } = stageOf(isOn, told.home, rowsOf(told));
        bench.log.mostRows = 0;
        await bench.run("10:00").catch(() => undefined);
        // At most up to the first row, which every answer leaves out.
        expect(bench.watermark() ?? -Infinity).toBeLessThanOrEqual(time("09:02"));
        expect(tables.asked).toEqual([]);
        bench.log.mostRows = Infinity;
        tables.failing = new Set(fault);
        const { counts } = await bench.run("10:05");
        expect(accountedFor(counts)).toBe(counts.rows);
        for (const { text } of bench.sink.delivered) {
          expect(/Not looked up: /.test(text.description)).toBe(isOn);
        }
      }),
      60,
    );
  });

  it("law 8: any mix of names gives the outcome of one name", async () => {
    let incidents = 0;
    await law(
      fc.asyncProperty(namesStory, async ({ plain, runs }) => {
        const named = stageOf(isOn, "198.51.100.1", plain);
        await named.bench.run("12:00");
        const mixed = stageOf(isOn, "198.51.100.1", []);
        for (const [n, rows] of runs.entries()) {
          const now = time("11:00") + n * 10 * minute;
          mixed.bench.log.add(publish(rows, now));
          await mixed.bench.run(now + 5 * minute);
        }
        await mixed.bench.run("12:00");
        expect(new Set(outcome(mixed.bench).map(String))).toEqual(
          new Set(outcome(named.bench).map(String)),
        );
        expect(live(mixed.bench)).toHaveLength(live(named.bench).length);
        incidents += live(named.bench).length;
      }),
      100,
    );
    expect(incidents).toBeGreaterThan(cases(30));
  });
});

/** A sink takes the same incident twice for one. */
function idsSent({ sink }: Bench): ReadonlySet<string> {
  return new Set(sink.delivered.map(({ id }) => id));
}
