import { describe, expect, it } from "vitest";
import type { Rule } from "../../src/detection/rules/rule.ts";
import type { Random } from "../../src/tenant/random.ts";
import type { Row } from "../builders.ts";
import { oracle } from "../laws/oracle.ts";
import { expectEachInOne, wasReplaced } from "../laws/runs.ts";
import { Bench, day, hour, minute } from "../run/bench.ts";
import type { PublishedRow } from "../run/fakeLog.ts";
import { settleFrom } from "../run/story.ts";
import { drawAttacks, morning, withoutSomeIds, withPoorerRows } from "./seededAttacks.ts";
import {
  countsInSteps,
  keyOfFirstDenial,
  mergeForgotten,
  noSafety,
  nothing,
  partialTakenForWhole,
  watchForgotten,
  type Plant,
} from "./plants.ts";
import { extent, timeLimitMs } from "./extent.ts";
import { ingestionSafetyMs, mixNames, publishMixed, republished } from "./latenessMixes.ts";
import {
  expectOnce,
  expectPromisedIds,
  expectSent,
  liveOf,
  readEnding,
  summaryOf,
  truthOf,
  type Ending,
} from "./seededEnding.ts";
import { everyRule } from "./seededWorld.ts";
import { playAll, storiesUntilCaught } from "./seededStories.ts";

interface Mix {
  readonly onTime: readonly PublishedRow[];
  readonly late: readonly PublishedRow[];
  /** Some rows know less than others about the same prompt, so that evidence can be replaced. */
  readonly isPoor: boolean;
}

function drawMix(random: Random): Mix {
  const attacks = drawAttacks(random);
  const isPoor = random.chance(1_500);
  const told = withoutSomeIds(random, isPoor ? withPoorerRows(random, attacks) : attacks);
  const late = publishMixed(random, told, random.pick(mixNames));
  return {
    onTime: publishMixed(random, told, "on time"),
    late: random.chance(3_000) ? republished(random, late) : late,
    isPoor,
  };
}

interface Followed {
  readonly ending: Ending;
  /** When the last run began. */
  readonly settledAt: number;
}

interface Options {
  readonly hasSecondLook: boolean;
  readonly plant?: Plant;
  /** More are answered partially. */
  readonly mostRows?: number;
}

/** Runs every five minutes until all is published, with a second look every night if wanted, and some more. */
async function follow(
  rows: readonly PublishedRow[],
  { hasSecondLook, plant = nothing, mostRows = Infinity }: Options,
): Promise<Followed> {
  const bench = new Bench(morning, rows, { rules: everyRule, ingestionSafetyMs });
  bench.log.mostRows = mostRows;
  const sinks = [bench.serviceSink(), bench.sink];
  const more = { sinks, ...plant(bench.detector({ sinks })) };
  const end = Math.max(...rows.map(({ publishedAt }) => publishedAt)) + 10 * minute;
  let watermark = -Infinity;
  for (let at = morning; at <= end; at += 5 * minute) {
    await bench.run(at, more);
    const reached = bench.watermark() ?? -Infinity;
    expect(reached).toBeGreaterThanOrEqual(watermark);
    watermark = reached;
    if (hasSecondLook && (at - morning) % day === 19 * hour) {
      await bench.maintain(at, more);
    }
  }
  if (hasSecondLook) {
    await bench.maintain(end, more);
  }
  const settledAt = await settleFrom(bench, end + hour, more);
  const told = { service: bench.service, delivered: bench.sink.delivered };
  return { ending: await readEnding(bench.store, everyRule, told), settledAt };
}

/** What could be seen at one moment after the other. */
function seenOf(rows: readonly PublishedRow[]): readonly (readonly Row[])[] {
  const visibleAt = (each: PublishedRow) => each.visibleAt ?? each.publishedAt;
  return [...new Set(rows.map(visibleAt))]
    .toSorted((a, b) => a - b)
    .map((at) => rowsOf(rows.filter((each) => visibleAt(each) <= at)));
}

const rowsOf = (published: readonly PublishedRow[]) => published.map(({ row }) => row);

/** Every burst that there truly is has its incident, and everything is there once. */
function expectWhole(ending: Ending, { late, isPoor }: Mix): void {
  expectOnce(ending);
  expectSent(ending);
  for (const rule of everyRule) {
    expectEachInOne(liveOf(ending, rule), oracle(rowsOf(late), rule));
  }
  if (!isPoor) {
    expectAsTrue(ending, late, everyRule);
  }
}

/** Neither more nor less than what the oracle finds when it is given everything at once. */
function expectAsTrue(ending: Ending, rows: readonly PublishedRow[], rules: readonly Rule[]): void {
  expect(summaryOf(ending, rules)).toEqual(truthOf(rowsOf(rows), rules));
}

const sums = { equal: 0, replaced: 0, incidents: 0, merged: 0, approved: 0, idsAsOnTime: 0 };

async function playMix(random: Random): Promise<void> {
  const mix = drawMix(random);
  const options = { hasSecondLook: random.chance(5_000) };
  const { ending, settledAt } = await follow(mix.late, options);
  expectWhole(ending, mix);
  expect(ending.watermark).toBe(settledAt - ingestionSafetyMs);
  const seen = seenOf(mix.late);
  for (const rule of everyRule) {
    if (mix.isPoor && wasReplaced(seen, rule)) {
      sums.replaced++;
      continue;
    }
    sums.equal++;
    if (mix.isPoor) {
      expectAsTrue(ending, mix.late, [rule]);
    }
    sums.idsAsOnTime += expectPromisedIds(ending, rule, seen);
  }
  if (!mix.isPoor) {
    const inTime = await follow(mix.onTime, options);
    expect(summaryOf(ending, everyRule)).toEqual(summaryOf(inTime.ending, everyRule));
  }
  const records = ending.recorded.map(({ burst }) => burst);
  sums.incidents += records.length;
  sums.merged += records.filter(({ mergedInto }) => mergedInto !== null).length;
  sums.approved += records.filter(({ facts }) => facts.approval !== null).length;
}

describe("rows that are published minutes to days late, in any mix,", () => {
  it(
    "lead to the incidents that they would have led to on time, each once",
    async () => {
      const count = extent(6, 3_000, 16);
      await playAll(count, (_, random) => playMix(random));
      console.log(`lateness: ${count} mixes, ${JSON.stringify(sums)}`);
      expect(sums.equal).toBeGreaterThan(sums.replaced);
      expect(sums.incidents).toBeGreaterThan(2 * count);
    },
    timeLimitMs,
  );
});

describe("a fault that is planted in runs over late rows", () => {
  const mostRows = 4;
  /** Answers are small, so moments at which many rows are published are none of theirs. */
  const apart = (random: Random): Mix => ({
    onTime: [],
    late: publishMixed(
      random,
      drawAttacks(random),
      random.pick(["minutes", "one of each attack within the hour"]),
    ),
    isPoor: false,
  });
  const planted =
    (plant: Plant, more: Partial<Options> = {}) =>
    async (_: number, random: Random) => {
      const mix = apart(random);
      const { ending } = await follow(mix.late, { hasSecondLook: false, plant, ...more });
      expectWhole(ending, mix);
    };

  it.each([
    ["a partial answer moves the watermark", partialTakenForWhole(mostRows)],
    ["the watermark moves over what cannot be seen yet", noSafety],
    ["denials are counted in steps", countsInSteps],
    ["a burst is known by its first denial only", keyOfFirstDenial],
    ["a merger is forgotten", mergeForgotten],
    ["nobody watches for approvals", watchForgotten],
  ] as const)(
    "is caught: %s",
    async (_, plant) => {
      const most = 200;
      expect(await storiesUntilCaught(most, planted(plant))).toBeLessThanOrEqual(most);
    },
    timeLimitMs,
  );

  it(
    "would not be there without it: small answers are asked for again in parts",
    () => playAll(extent(3, 100), planted(nothing, { mostRows })),
    timeLimitMs,
  );

  it(
    "that loses rows is made good by the second look",
    async () => {
      const most = 200;
      expect(await storiesUntilCaught(most, planted(noSafety))).toBeLessThanOrEqual(most);
      await playAll(extent(5, 200), planted(noSafety, { hasSecondLook: true }));
    },
    timeLimitMs,
  );
});
