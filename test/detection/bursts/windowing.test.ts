import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { findStreaks } from "../../../src/detection/bursts/streak.ts";
import { eachBurst, type Burst } from "../../../src/detection/bursts/eachBurst.ts";
import type { DenialColumns } from "../../../src/detection/prompts/columns.ts";
import { numberAt, timeAt } from "../../../src/detection/prompts/columns.ts";
import type { Windowing } from "../../../src/detection/bursts/windowing.ts";
import { minute, prompt } from "../builders.ts";
import { cases } from "../../cases.ts";

/** A streak as the words of the rule have it: from, to, trigger, denials. */
type Told = readonly [from: number, to: number, triggeredAt: number | null, denials: number];

/**
 * The streaks of one account by the definition, without regard to speed: every window is counted anew.
 *
 * @param times in any order
 */
function defined(rule: Windowing, times: readonly number[]): readonly Told[] {
  const sorted = times.toSorted((a, b) => a - b);
  return rule.kind === "sliding" ? bySilences(rule, sorted) : byBuckets(rule, sorted);
}

function bySilences({ windowMs, threshold }: Windowing, sorted: readonly number[]): Told[] {
  const starts = sorted.filter((at, index) => index === 0 || at - sorted[index - 1]! > windowMs);
  return starts.map((from, index) => {
    const members = sorted.filter((at) => at >= from && at < (starts[index + 1] ?? Infinity));
    const isFull = (end: number) =>
      members.filter((at) => at <= end && end - at <= windowMs).length >= threshold;
    return [from, members.at(-1)!, members.find(isFull) ?? null, members.length];
  });
}

function byBuckets({ windowMs, threshold }: Windowing, sorted: readonly number[]): Told[] {
  const bucketOf = (at: number) => Math.floor(at / windowMs);
  const inBucket = (bucket: number) => sorted.filter((at) => bucketOf(at) === bucket);
  const firing = [...new Set(sorted.map(bucketOf))].filter(
    (bucket) => inBucket(bucket).length >= threshold,
  );
  const firsts = firing.filter((bucket) => !firing.includes(bucket - 1));
  return firsts.map((first) => {
    let last = first;
    while (firing.includes(last + 1)) {
      last++;
    }
    const members = sorted.filter((at) => bucketOf(at) >= first && bucketOf(at) <= last);
    return [
      first * windowMs,
      (last + 1) * windowMs,
      inBucket(first)[threshold - 1]!,
      members.length,
    ];
  });
}

const rules: fc.Arbitrary<Windowing> = fc.oneof(
  fc.record({
    kind: fc.constant("sliding" as const),
    windowMs: fc.constantFrom(0, 1, 5, 100),
    threshold: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({
    kind: fc.constant("tumbling" as const),
    windowMs: fc.constantFrom(1, 5, 100),
    threshold: fc.integer({ min: 1, max: 6 }),
  }),
);

/** Near each other, on both sides of the epoch, many at one time; some with parts of a millisecond. */
const times = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -20, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: -400, max: 400 }) },
  { weight: 1, arbitrary: fc.constantFrom(-0, 0.25, 4.75, -0.5) },
);

const accounts = 4;
/** The last account but one has none. */
const denials = fc.array(fc.tuple(fc.constantFrom(0, 1, accounts - 1), times), { maxLength: 40 });

const orders = {
  "as they come": (rows: readonly (readonly [number, number])[]) => rows,
  ascending: (rows: readonly (readonly [number, number])[]) =>
    rows.toSorted(([, a], [, b]) => a - b),
  descending: (rows: readonly (readonly [number, number])[]) =>
    rows.toSorted(([, a], [, b]) => b - a),
};

function columnsOf(rows: readonly (readonly [number, number])[]): DenialColumns {
  return {
    accounts,
    account: Uint32Array.from(rows, ([account]) => account),
    at: Float64Array.from(rows, ([, at]) => at),
  };
}

function burstsOf(rule: Windowing, columns: DenialColumns): readonly Burst[] {
  const bursts: Burst[] = [];
  eachBurst(rule, columns, (burst) => bursts.push(burst));
  return bursts;
}

/** No matter which of 0 and -0. */
function unsigned(numbers: readonly (number | null)[]): readonly (number | null)[] {
  return numbers.map((number) => (number === null ? null : number + 0));
}

describe("streaks", () => {
  it("are those of the definition", () => {
    fc.assert(
      fc.property(rules, fc.array(times, { maxLength: 25 }), (rule, given) => {
        const oldestFirst = given.toSorted((a, b) => a - b);
        const found = findStreaks(
          rule,
          oldestFirst.map((at) => ({ ...prompt("09:00"), at })),
        );
        expect(
          found.map(({ extent: { from, to }, triggeredAt, denials: { length } }) =>
            unsigned([from, to, triggeredAt, length]),
          ),
        ).toEqual(defined(rule, given).map(unsigned));
      }),
      { numRuns: cases(2_000) },
    );
  });
});

describe("the bursts of many accounts", () => {
  it("are, in whatever order the denials come, those of each account by itself", () => {
    fc.assert(
      fc.property(rules, denials, (rule, rows) => {
        const timesOf = (account: number) =>
          rows.filter(([whose]) => whose === account).map(([, at]) => at);
        const expected = Array.from({ length: accounts }, (_, account) =>
          defined(rule, timesOf(account))
            .filter(([, , triggeredAt]) => triggeredAt !== null)
            .map((told) => unsigned([account, ...told])),
        ).flat();
        for (const arrange of Object.values(orders)) {
          const found = burstsOf(rule, columnsOf(arrange(rows)));
          expect(
            found.map(({ account, extent: { from, to }, triggeredAt, denials: count }) =>
              unsigned([account, from, to, triggeredAt, count]),
            ),
          ).toEqual(expected);
        }
      }),
      { numRuns: cases(2_000) },
    );
  });

  it("tell their first and last denial, also where buckets reach further", () => {
    const at = Float64Array.from([4, 1, 2].map((count) => count * minute));
    const columns = { accounts: 1, account: new Uint32Array(3), at };
    expect(burstsOf({ kind: "tumbling", windowMs: 5 * minute, threshold: 2 }, columns)).toEqual([
      {
        account: 0,
        denials: 3,
        firstDenialAt: minute,
        lastDenialAt: 4 * minute,
        triggeredAt: 2 * minute,
        extent: { from: 0, to: 5 * minute },
      },
    ]);
  });

  it("leave the columns as they were, and are none where there are none", () => {
    const columns = columnsOf([
      [0, 2],
      [0, 1],
    ]);
    burstsOf({ kind: "sliding", windowMs: 1, threshold: 1 }, columns);
    expect([...columns.at]).toEqual([2, 1]);
    expect(burstsOf({ kind: "sliding", windowMs: 1, threshold: 1 }, columnsOf([]))).toEqual([]);
  });
});

describe("a column", () => {
  it("contains nothing outside", () => {
    expect(timeAt(Float64Array.of(5), 0)).toBe(5);
    expect(timeAt(Float64Array.of(5), 1)).toBeNaN();
    expect(numberAt(Uint32Array.of(5), 0)).toBe(5);
    expect(numberAt(Uint32Array.of(5), 1)).toBe(0);
  });
});
