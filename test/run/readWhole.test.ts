import { describe, expect, it } from "vitest";
import type { LogQuery } from "../../src/run/ports.ts";
import { halve, readWhole } from "../../src/run/readWhole.ts";
import { bob, time } from "../builders.ts";
import { never, personNamed, refusals } from "./bench.ts";
import { FakeLog, publish } from "./fakeLog.ts";

const query: LogQuery = {
  by: "ingested",
  range: { from: time("09:00"), to: time("10:00") },
  users: null,
  shard: null,
};

const logOf = (...rows: Parameters<typeof publish>[0]) =>
  new FakeLog({ now: () => time("12:00") }, publish(rows));

const read = (log: FakeLog, asked = query) =>
  readWhole((part) => log.candidates(part, never), asked);

describe("an answer that is partial", () => {
  it("is asked for again in halves until all of it is whole, and nothing of it is used", async () => {
    const log = logOf(...refusals("09:00", 20), ...refusals("09:30", 4, bob));
    log.mostRows = 5;
    const rows = await read(log);
    expect(rows).toHaveLength(24);
    expect(new Set(rows).size).toBe(24);
    const whole = log.asked.filter((each) => each.rows <= 5);
    // Side by side, without gap or overlap.
    let end = query.range.from;
    for (const { range } of whole) {
      expect(range.from).toBe(end);
      end = range.to;
    }
    expect(end).toBe(query.range.to);
  });

  it("of a single millisecond is asked for in halves of its users", async () => {
    const people = Array.from({ length: 40 }, (_, i) => personNamed(`user${i}`));
    const rows = people.flatMap((user) => refusals("09:00", 1, user));
    const log = logOf(...rows);
    log.mostRows = 7;
    const found = await read(log);
    expect(new Set(found).size).toBe(40);
    expect(found).toHaveLength(40);
    const sharded = log.asked.filter(({ shard }) => shard !== null);
    expect(sharded.length).toBeGreaterThan(6);
    for (const { range } of sharded) {
      expect(range.to - range.from).toBe(1);
    }
  });

  it("of one user in one millisecond cannot be had, and the error says so", async () => {
    const log = logOf(...refusals("09:00", 9, bob, 0));
    log.mostRows = 8;
    await expect(read(log)).rejects.toMatchObject({
      name: "UpstreamError",
      retryable: false,
      message: "Log Analytics: one instant is too much for an answer (more than 8 rows)",
    });
    expect(log.asked.length).toBeLessThan(60);
    expect(Math.max(...log.asked.map(({ shard }) => shard?.count ?? 1))).toBe(1_024);
  });
});

describe("the halves of a query", () => {
  it("share its middle, and each row belongs to one", () => {
    const [first, second] = halve({ ...query, range: { from: 10, to: 13 } }, "");
    expect([first.range, second.range]).toEqual([
      { from: 10, to: 11 },
      { from: 11, to: 13 },
    ]);
  });

  it("of users are again halves of the query", () => {
    const instant = { ...query, range: { from: 10, to: 11 } };
    const [even, odd] = halve(instant, "");
    expect([even.shard, odd.shard]).toEqual([
      { index: 0, count: 2 },
      { index: 1, count: 2 },
    ]);
    const quarters = halve(odd, "");
    expect(quarters.map(({ shard }) => shard)).toEqual([
      { index: 1, count: 4 },
      { index: 3, count: 4 },
    ]);
  });
});
