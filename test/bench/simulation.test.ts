import { describe, expect, it } from "vitest";
import { simulateBackfill } from "../../bench/simulation/backfill.ts";
import { documentedLimits, QueryService } from "../../bench/simulation/queryService.ts";
import { simulateRun } from "../../bench/simulation/run.ts";
import { VirtualTime } from "../../bench/simulation/virtualTime.ts";

const scenario = {
  days: 1,
  users: 1_000,
  candidatesPerDay: 300,
  attacksPerDay: 5,
  latencyMs: 1_000,
  queueMs: 0,
  withTimer: false,
  swing: 1,
};

describe("virtual time", () => {
  it("passes only by waiting, and in order", async () => {
    const time = new VirtualTime(0);
    const seen: string[] = [];
    const wait = async (name: string, ms: number) => {
      await time.sleep(ms);
      seen.push(`${name} ${time.now()}`);
    };
    await time.runUntil(Promise.all([wait("c", 30), wait("a", 10), wait("b", 10)]));
    expect(seen).toEqual(["a 10", "b 10", "c 30"]);
  });

  it("ends where everybody waits for something else", async () => {
    await expect(new VirtualTime(0).runUntil(new Promise(() => {}))).rejects.toThrow(/waits/);
  });
});

describe("the simulated query service", () => {
  const ask = async (queries: number, limits: Partial<typeof documentedLimits>) => {
    const time = new VirtualTime(0);
    const service = new QueryService(time, { ...documentedLimits, latencyMs: 1_000, ...limits });
    await time.runUntil(Promise.all(Array.from({ length: queries }, () => service.ask(() => []))));
    return { seconds: time.now() / 1_000, throttled: service.throttled, busiest: service.busiest };
  };

  it("answers five at once, and lets the others wait", async () => {
    expect(await ask(10, {})).toMatchObject({ throttled: 0, busiest: 5 });
    expect((await ask(10, { queueMs: 0 as never })).throttled).toBeGreaterThan(0);
  });

  it("turns away what comes too often", async () => {
    const { throttled, seconds } = await ask(300, {});
    expect(throttled).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan(30);
  });
});

describe("a simulated backfill", () => {
  it("processes its range as the app does, and finds everything", async () => {
    const { opened, attacks, queries, slices, hours, busiest } = await simulateBackfill(scenario);
    expect(attacks).toBeGreaterThan(2);
    expect(opened).toBe(attacks);
    expect(slices).toBeGreaterThan(1);
    expect(queries).toBeGreaterThan(slices);
    expect(hours).toBeGreaterThan(0);
    expect(busiest).toBeLessThanOrEqual(5);
  });

  it("leaves room for concurrent scheduled runs", async () => {
    const { timerRuns, longestRunSeconds } = await simulateBackfill({
      ...scenario,
      withTimer: true,
    });
    expect(timerRuns).toBeGreaterThan(0);
    expect(longestRunSeconds).toBeLessThan(60);
  });
});

describe("a simulated run", () => {
  it("makes the same number of requests for a tenant of any size", async () => {
    const costs = await Promise.all(
      [1_000, 100_000].map((users) => simulateRun({ users, candidates: 500, latencyMs: 1_000 })),
    );
    const [small, large] = costs.map(({ queries, rows, tableRequests }) => ({
      queries,
      rows,
      tableRequests,
    }));
    expect(large).toEqual(small);
  });
});
