import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { incidentApiSink } from "../../src/sinks/sentinel/incidentApi.ts";
import { runDetection } from "../../src/run/runDetection.ts";
import { maintain } from "../../src/run/maintain.ts";
import { time } from "../builders.ts";
import { law } from "../laws/runs.ts";
import { never, type Bench } from "./bench.ts";
import { Schedule } from "./schedule.ts";
import { expectTold, liveOf, newStory, settle, storyEnd, storyRuns } from "./story.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

/** With a small cap, most incidents are sent by other runs than those that found them. */
const caps = fc.constantFrom(1, 2, 50);

/** As a process of its own sees the bench: every call waits for its turn. */
function process(bench: Bench, schedule: Schedule) {
  return bench.detector({
    store: schedule.port(bench.store),
    source: schedule.port(bench.log),
    sinks: [incidentApiSink("service", schedule.port(bench.service))],
  });
}

async function expectStory(bench: Bench): Promise<void> {
  await settle(bench);
  expect(liveOf(bench)).toEqual(storyEnd);
  expectTold(bench);
}

/** Fails where a run fails, with what it failed with. */
function expectAllWell(ended: readonly PromiseSettledResult<unknown>[]): void {
  expect(ended.filter(({ status }) => status === "rejected")).toEqual([]);
}

describe("at the same time", () => {
  it("two runs leave the incidents of one", async () => {
    await law(
      fc.asyncProperty(seeds, caps, async (seed, cap) => {
        const bench = newStory(cap);
        for (const [index, at] of storyRuns.entries()) {
          bench.now = time(String(at));
          const schedule = new Schedule(seed + index);
          const runs = [1, 2].map(() => runDetection(process(bench, schedule), never));
          expectAllWell(await schedule.run(runs));
        }
        await expectStory(bench);
      }),
      70,
    );
  });

  it("three runs that begin while the last one is on its way leave the incidents of one", async () => {
    await law(
      fc.asyncProperty(seeds, caps, async (seed, cap) => {
        const bench = newStory(cap);
        const schedule = new Schedule(seed);
        const runs: Promise<unknown>[] = [];
        const starts = storyRuns.map((at) => time(String(at)));
        // A run that begins later has a later clock, and so has every one under way from then on.
        const begin = () => {
          const at = starts.shift();
          if (at === undefined) {
            return;
          }
          bench.now = Math.max(bench.now, at);
          runs.push(runDetection(process(bench, schedule), never));
        };
        begin();
        begin();
        begin();
        expectAllWell(await schedule.run(runs));
        begin();
        begin();
        expectAllWell(await schedule.run(runs));
        await expectStory(bench);
      }),
      70,
    );
  });

  it("a run, two backfills of the same hours and a second look leave the incidents of one run", async () => {
    await law(
      fc.asyncProperty(seeds, caps, async (seed, cap) => {
        const bench = newStory(cap);
        for (const [index, at] of storyRuns.entries()) {
          bench.now = time(String(at));
          const schedule = new Schedule(seed + index);
          const detector = process(bench, schedule);
          bench.jobsPort = schedule.port(bench.jobs);
          const work = [
            runDetection(detector, never),
            maintain(process(bench, schedule), never),
            bench.backfill({ from: "08:00", to: bench.now }, process(bench, schedule), 0),
            bench.backfill({ from: "09:03", to: bench.now - 60_000 }, process(bench, schedule), 0),
          ];
          expectAllWell(await schedule.run(work));
        }
        await expectStory(bench);
      }),
      60,
    );
  });

  it("a backfill whose message came twice results in the incidents of one run", async () => {
    await law(
      fc.asyncProperty(seeds, caps, async (seed, cap) => {
        const bench = newStory(cap);
        bench.now = time("10:30");
        const schedule = new Schedule(seed);
        bench.jobsPort = schedule.port(bench.jobs);
        const range = { from: "08:00", to: "10:00" } as const;
        const steps = [1, 2].map(() => bench.backfill(range, process(bench, schedule), 0));
        expectAllWell(await schedule.run(steps));
        await expectStory(bench);
      }),
      80,
    );
  });

  it("runs that die anywhere leave the same incidents as a single run", async () => {
    await law(
      fc.asyncProperty(
        seeds,
        caps,
        fc.nat({ max: 60 }),
        fc.nat({ max: 4 }),
        async (seed, cap, n, which) => {
          const bench = newStory(cap);
          for (const [index, at] of storyRuns.entries()) {
            bench.now = time(String(at));
            const schedule = new Schedule(seed + index);
            const dead = new AbortController();
            let calls = 0;
            const dying = <T extends object>(port: T) =>
              new Proxy(port, {
                get(target, key) {
                  const value: unknown = Reflect.get(target, key);
                  if (typeof value !== "function") {
                    return value;
                  }
                  return (...args: unknown[]) => {
                    if (++calls > n) {
                      dead.abort();
                    }
                    if (dead.signal.aborted) {
                      return Promise.reject(new Error("dead"));
                    }
                    return Reflect.apply(value, target, args) as unknown;
                  };
                },
              });
            const detector = process(bench, schedule);
            const other = {
              ...detector,
              store: dying(detector.store),
              source: dying(detector.source),
              sinks: [incidentApiSink("service", dying(schedule.port(bench.service)))],
            };
            const ended = await schedule.run([
              runDetection(detector, never),
              runDetection(index === which ? other : process(bench, schedule), never),
            ]);
            for (const result of ended) {
              if (result.status === "rejected") {
                expect((result.reason as Error).message).toBe("dead");
              }
            }
          }
          await expectStory(bench);
        },
      ),
      70,
    );
  });
});
