/** When rows are published: on time, late and out of order, in seeded mixes. */
import type { Random } from "../../src/tenant/random.ts";
import { stamp } from "../builders.ts";
import { day, hour, minute } from "../run/bench.ts";
import type { PublishedRow } from "../run/fakeLog.ts";
import type { Told } from "./seededAttacks.ts";

/** How long after its event a row is published. */
type Lag = (random: Random) => number;

const onTime: Lag = (random) => random.between(minute, 6 * minute);
const minutes: Lag = (random) => random.between(minute, 59 * minute);
const hours: Lag = (random) => random.between(hour, 20 * hour);
/** As late as is promised to be read. */
const days: Lag = (random) => (random.chance(1_000) ? 2 * day : random.between(12 * hour, 2 * day));
const any: Lag = (random) => random.pick([onTime, minutes, hours, days])(random);

/** The lag of each row of a story. */
type Mix = (random: Random, told: readonly Told[]) => (each: Told) => number;

const rowByRow =
  (lag: Lag): Mix =>
  (random) =>
  () =>
    lag(random);

/** All rows of an attack at one moment, or as if it went backwards. */
const together =
  (isReversed: boolean): Mix =>
  (random, told) => {
    const ends = new Map<number, number>();
    for (const { attack, at } of told) {
      ends.set(attack, Math.max(at, ends.get(attack) ?? at));
    }
    const held = new Map([...ends.keys()].map((attack) => [attack, any(random)]));
    return ({ attack, at }) => {
      const toEnd = (ends.get(attack) ?? at) - at;
      // Only as late as promised.
      return Math.min((held.get(attack) ?? 0) + toEnd * (isReversed ? 2 : 1), 2 * day);
    };
  };

/** One row of each attack: the one that joins two bursts, if there is one. */
const oneOfEach =
  (lag: Lag): Mix =>
  (random, told) => {
    const attacks = new Set(told.map(({ attack }) => attack));
    const chosen = new Set(
      [...attacks].map((attack) => {
        const rows = told.filter((each) => each.attack === attack);
        return rows.find(({ joins }) => joins) ?? rows[random.below(rows.length)];
      }),
    );
    return (each) => (chosen.has(each) ? lag : onTime)(random);
  };

const mixes = {
  "on time": rowByRow(onTime),
  minutes: rowByRow(minutes),
  hours: rowByRow(hours),
  "up to two days": rowByRow(days),
  "each its own": rowByRow(any),
  "one of each attack within the hour": oneOfEach(minutes),
  "one of each attack very late": oneOfEach(days),
  "each attack at one moment": together(false),
  "each attack backwards": together(true),
} satisfies Record<string, Mix>;

type MixName = keyof typeof mixes;

export const mixNames = Object.keys(mixes) as [MixName, ...MixName[]];

/** How long a row may stay hidden after it was stored; the setting `INGESTION_SAFETY` is made for that. */
export const ingestionSafetyMs = 2 * minute;

/**
 * Publishes rows: `TimeGenerated` is soon after what a row tells of, or when it was published; some become visible
 * later than others that were stored after them.
 */
export function publishMixed(
  random: Random,
  told: readonly Told[],
  name: MixName,
): readonly PublishedRow[] {
  const lagOf = mixes[name](random, told);
  return told.map((each) => {
    const lag = Math.max(minute, lagOf(each));
    const publishedAt = each.at + lag;
    const generated = random.chance(5_000) ? publishedAt : each.at + minute;
    const hidden = random.pick([0, random.below(ingestionSafetyMs + 1), ingestionSafetyMs]);
    return {
      publishedAt,
      visibleAt: publishedAt + hidden,
      row: { ...each.row, TimeGenerated: stamp(generated) },
    };
  });
}

/** Some rows once more: the same, stored again later. */
export function republished(
  random: Random,
  rows: readonly PublishedRow[],
): readonly PublishedRow[] {
  return rows.flatMap((each) => {
    if (!random.chance(2_000)) {
      return [each];
    }
    const publishedAt = each.publishedAt + random.between(1, 6 * hour);
    return [each, { ...each, publishedAt, visibleAt: publishedAt }];
  });
}
