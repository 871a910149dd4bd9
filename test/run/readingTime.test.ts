import { expect, test } from "vitest";
import type { LogAnswer, LogQuery, SignInSource } from "../../src/run/ports.ts";
import { outsideSending, timedSource } from "../../src/run/readingTime.ts";

const query: LogQuery = { by: "ingested", range: { from: 0, to: 1 }, users: null, shard: null };
const whole: LogAnswer = { kind: "whole", rows: [], servedAt: 0 };
const never = new AbortController().signal;

/** A source whose every query waits for this long, on a clock of its own. */
function waiting(ms: readonly number[]) {
  const clock = { at: 1_000, now: () => clock.at };
  const left = [...ms];
  const ask = async () => {
    const until = clock.at + (left.shift() ?? 0);
    await Promise.resolve();
    clock.at = Math.max(clock.at, until);
    return whole;
  };
  const source: SignInSource = { candidates: ask, approvals: ask };
  return { clock, source };
}

test("the time that queries wait moves the end of sending and of claims", async () => {
  const { clock, source } = waiting([180_000, 20_000]);
  const sending = { until: 121_000, claimUntil: 301_000 };
  const timed = timedSource(source, outsideSending(clock, sending));
  await timed.candidates(query, never);
  await timed.approvals(query, never);
  expect(sending).toEqual({ until: 321_000, claimUntil: 501_000 });
});

test("queries at the same time count once", async () => {
  const { clock, source } = waiting([180_000, 180_000, 180_000]);
  const sending = { until: 0, claimUntil: 0 };
  const timed = timedSource(source, outsideSending(clock, sending));
  await Promise.all([1, 2, 3].map(() => timed.candidates(query, never)));
  expect(sending).toEqual({ until: 180_000, claimUntil: 180_000 });
});

test("a query that fails counts as well", async () => {
  const clock = { at: 0, now: () => clock.at };
  const fail = () => {
    clock.at += 7;
    return Promise.reject(new Error("no"));
  };
  const sending = { until: 0, claimUntil: 0 };
  const timed = timedSource({ candidates: fail, approvals: fail }, outsideSending(clock, sending));
  await expect(timed.candidates(query, never)).rejects.toThrow("no");
  expect(sending.until).toBe(7);
});
