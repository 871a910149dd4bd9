import { describe, expect, it } from "vitest";
import { time } from "../builders.ts";
import { Bench, day, hour, minute, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

it("finds what a run missed, up to three days back", async () => {
  const bench = new Bench("09:30", []);
  await bench.run("09:30");
  // Stored with a time that the watermark has passed, as no service should do.
  bench.log.add(publish(refusals("09:00", 5)));
  await bench.run(time("09:00") + 2 * day);
  expect(bench.records()).toEqual([]);
  const summary = await bench.maintain(time("09:05") + 2 * day);
  expect(summary).toMatchObject({ opened: 1, sent: 1, pruned: 0 });
  expect(await bench.maintain(time("10:05") + 2 * day)).toMatchObject({ opened: 0, updated: 0 });
  expect(bench.sink.titles()).toEqual(["alice 1"]);
});

it("leaves what cannot be sent at once to the runs, before what backfills found", async () => {
  const bench = new Bench("09:30", [], { maxIncidentsPerRun: 0 });
  await bench.run("09:30");
  bench.log.add(publish(refusals("09:00", 5)));
  await bench.maintain("10:00");
  expect(bench.store.snapshot().due).toMatchObject([{ lane: "live" }]);
});

it("leaves the watermark where it is, and reads no further", async () => {
  const bench = new Bench("09:30", publish(refusals("10:00", 5)));
  await bench.run("09:30");
  await bench.maintain("12:00");
  expect(bench.watermark()).toBe(time("09:28"));
  expect(bench.records()).toEqual([]);
});

it("reads nothing before the first run", async () => {
  const bench = new Bench("09:30", publish(refusals("09:00", 5)));
  expect(await bench.maintain("12:00")).toMatchObject({ opened: 0 });
  expect(bench.log.asked).toEqual([]);
});

it("forgets what lies beyond the retention, and what was forgotten is not opened again", async () => {
  const bench = new Bench("09:30", publish(refusals("09:00", 5)), { retentionMs: 30 * day });
  await bench.run("09:30");
  const later = time("09:30") + 30 * day;
  bench.now = later;
  await bench.run(later);
  expect(await bench.maintain(time("09:03") + 30 * day)).toMatchObject({ pruned: 0 });
  expect(await bench.maintain(later + hour)).toMatchObject({ pruned: 1 });
  expect(bench.store.snapshot().heads).toEqual([]);
  const part = await bench.backfill({ from: "08:00", to: "10:00" });
  expect(part.counts.opened).toBe(0);
  expect(bench.sink.titles()).toEqual(["alice 1"]);
});

it("forgets even if the second look never ends", async () => {
  const bench = new Bench("09:30", publish(refusals("09:00", 5)), { retentionMs: 30 * day });
  await bench.run("09:30");
  const later = time("10:30") + 30 * day;
  bench.now = later;
  await bench.run(later);
  bench.log.before = () => {
    throw new Error("away");
  };
  await expect(bench.maintain(later)).rejects.toThrow("away");
  expect(bench.store.snapshot().heads).toEqual([]);
});

describe("a second look without time for everything", () => {
  /** Each step takes four minutes. */
  function slow(bench: Bench): void {
    bench.log.before = ({ users }) => {
      bench.now += users === null ? 4 * minute : 0;
    };
  }

  it("ends in time, and goes on there the next day", async () => {
    const bench = new Bench("09:30", []);
    await bench.run("09:30");
    const later = time("09:30") + 4 * day;
    await bench.run(later);
    slow(bench);
    const readTo = () => bench.store.snapshot().progress?.lookedAgainTo;
    const to = later - 2 * minute;
    expect(await bench.maintain(later)).toMatchObject({ behind: true });
    expect(readTo()).toBe(to - 3 * day + 12 * hour);
    const before = bench.log.asked.length;
    await bench.run(later + day);
    await bench.maintain(later + day);
    const again = bench.log.asked.slice(before).filter(({ range }) => range.to < to);
    expect(again[0]?.range.from).toBe(to - 3 * day + 12 * hour);
    expect(readTo()).toBe(to - 2 * day);
  });

  it("reads the last three days again even if it was faster before", async () => {
    const bench = new Bench("09:30", []);
    await bench.run("09:30");
    const later = time("09:30") + 4 * day;
    await bench.run(later);
    expect(await bench.maintain(later)).toMatchObject({ behind: false });
    const before = bench.log.asked.length;
    expect(await bench.maintain(later + minute)).toMatchObject({ behind: false });
    expect(bench.log.asked[before]?.range.from).toBe(later - 2 * minute - 3 * day);
  });
});
