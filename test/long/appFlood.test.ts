import { expect, it } from "vitest";
import { bob, time } from "../builders.ts";
import { Bench, hour, minute, personNamed, refusals } from "../pipeline/bench.ts";
import { publish } from "../pipeline/fakeLog.ts";

const megabytes = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

it("10,000 users attacked in one hour: few queries, bounded memory, everything sent in the end", async () => {
  const users = Array.from({ length: 10_000 }, (_, i) => personNamed(`user${i}`));
  const rows = publish(users.flatMap((user, i) => refusals(time("09:00") + i * 300, 5, user)));
  const bench = new Bench("10:30", rows, { maxIncidentsPerRun: 50 });
  const before = megabytes();
  let most = 0;
  bench.log.before = () => {
    most = Math.max(most, process.memoryUsage().heapUsed / 2 ** 20);
  };
  const startedAt = performance.now();
  const first = await bench.run("10:30", { initialLookbackMs: 6 * hour });
  const took = performance.now() - startedAt;
  expect(first).toMatchObject({ opened: 10_000, sent: 50, pending: 9_950 });
  const largest = Math.max(...bench.log.asked.map((query) => query.users?.length ?? 0));
  expect(largest).toBe(200);
  console.log(
    `10,000 users: ${Math.round(took)} ms, ${bench.log.asked.length} queries, ` +
      `${Math.round(most - before)} MB more than before at most`,
  );
  expect(bench.log.asked.length).toBeLessThan(300);
  // Two hundred runs of fifty; more at once here, to be done sooner.
  for (let run = 1; bench.sink.delivered.length < 10_000; run++) {
    expect(run).toBeLessThanOrEqual(20);
    const sent = bench.sink.delivered.length;
    await bench.run(time("10:30") + run * 5 * minute, { maxIncidentsPerRun: 1_000 });
    expect(bench.sink.delivered.length - sent).toBeLessThanOrEqual(1_000);
  }
  expect(new Set(bench.sink.delivered.map(({ id }) => id)).size).toBe(10_000);
});

it("one user's 100,000 denials in a day: one burst, read within bounds", async () => {
  const rows = publish(refusals("00:00", 100_000, bob, 800));
  const bench = new Bench(time("00:00") + 30 * hour, rows);
  bench.log.mostRows = 10_000;
  const startedAt = performance.now();
  await bench.run(bench.now, { initialLookbackMs: 40 * hour });
  console.log(`100,000 denials: ${Math.round(performance.now() - startedAt)} ms`);
  const live = bench.records().filter(({ mergedInto }) => mergedInto === null);
  expect(live).toHaveLength(1);
  expect(live[0]?.extent).toEqual({ from: time("00:00"), to: time("00:00") + 99_999 * 800 });
});
