/** Several runs, backfills and second looks over the same hours at the same time, in every seeded mix. */
import { expect } from "vitest";
import { randomOf, type Random } from "../../src/tenant/random.ts";
import type { Detector } from "../../src/run/detector.ts";
import { maintain } from "../../src/run/maintain.ts";
import type { StateStore } from "../../src/run/ports.ts";
import { runDetection } from "../../src/run/runDetection.ts";
import { UpstreamError } from "../../src/run/upstreamError.ts";
import { incidentApiSink } from "../../src/sinks/sentinel/incidentApi.ts";
import { Bench, hour, minute, never } from "../run/bench.ts";
import type { PublishedRow } from "../run/fakeLog.ts";
import { settleFrom } from "../run/story.ts";
import { ingestionSafetyMs, publishMixed } from "./latenessMixes.ts";
import type { Plant } from "./plants.ts";
import { drawAttacks, morning, withoutSomeIds } from "./seededAttacks.ts";
import {
  expectOnce,
  expectSent,
  readEnding,
  summaryOf,
  truthOf,
  type Ending,
} from "./seededEnding.ts";
import { everyRule } from "./seededWorld.ts";
import { VirtualTime } from "./virtualTime.ts";

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Something that begins at its time, whatever else is under way. */
type Start =
  | { readonly kind: "run" | "secondLook"; readonly at: number }
  | { readonly kind: "backfill"; readonly at: number; readonly asked: Span };

/** What is at once. */
type Mode = (random: Random, span: Span) => readonly Start[];

/** A run every so many minutes; `times`: how often the platform fires each. */
function timers(
  { from, to }: Span,
  everyMs: number,
  times: number,
  offsetMs = 0,
): readonly Start[] {
  const starts: Start[] = [];
  for (let at = from + offsetMs; at <= to; at += everyMs) {
    for (let i = 0; i < times; i++) {
      starts.push({ kind: "run", at });
    }
  }
  return starts;
}

const often = (random: Random) => random.pick([10 * minute, 20 * minute, 40 * minute]);

function backfill(at: number, asked: Span): Start {
  return { kind: "backfill", at, asked };
}

/** A backfill of any hours of the story. */
function anyBackfill(random: Random, { from, to }: Span): Start {
  const begin = random.between(from - hour, to - hour);
  const end = random.between(begin + minute, to);
  return backfill(random.between(end, to), { from: begin, to: end });
}

const several = (count: number, draw: () => Start) => Array.from({ length: count }, draw);

/** A backfill of everything, late enough to see it all. */
function wholeBackfill({ from, to }: Span): Start {
  return backfill(to, { from: from - hour, to });
}

const modes = {
  "a timer that is replayed": (random, span) => timers(span, often(random), 2),
  "timers over overlapping hours": (random, span) => {
    const apart = random.between(1, 9 * minute);
    return [...timers(span, 10 * minute, 1), ...timers(span, 10 * minute, 1, apart)];
  },
  "three runs": (random, span) => timers(span, often(random), 3),
  "timer and backfill": (random, span) => [
    ...timers(span, often(random), 1),
    ...several(random.between(1, 3), () => anyBackfill(random, span)),
  ],
  "backfills with other slices": (random, span) => [
    { kind: "run", at: span.from },
    wholeBackfill(span),
    ...several(random.between(1, 3), () => {
      const start = anyBackfill(random, span);
      return { ...start, at: span.to + random.between(0, minute) };
    }),
  ],
  "a queue message that came twice": (random, span) => {
    const start = random.chance(5_000) ? anyBackfill(random, span) : wholeBackfill(span);
    const again = { ...start, at: start.at + random.pick([0, random.between(0, minute)]) };
    return [...timers(span, often(random), 1), start, again];
  },
  "run and second look": (random, span) => [
    ...timers(span, often(random), 1),
    ...several(random.between(1, 4), () => ({
      kind: "secondLook",
      at: random.between(span.from, span.to),
    })),
  ],
  everything: (random, span) => [
    ...timers(span, often(random), random.between(1, 2)),
    ...several(2, () => anyBackfill(random, span)),
    ...several(2, () => ({ kind: "secondLook", at: random.between(span.from, span.to) })),
  ],
} satisfies Record<string, Mode>;

type ModeName = keyof typeof modes;

export const modeNames = Object.keys(modes) as readonly ModeName[];

/** How long a request takes, there and back, each. */
interface Weather {
  readonly lag: (random: Random) => number;
  /** No claim ends while its holder still sends. */
  readonly claimsHold: boolean;
}

/** Requests take milliseconds; seconds, and now and then most of a minute; at times longer than a claim lasts. */
export const weathers = {
  brisk: { lag: (random) => random.between(1, 400), claimsHold: true },
  uneven: {
    lag: (random) => (random.chance(1_000) ? random.between(5_000, 40_000) : random.below(2_000)),
    claimsHold: false,
  },
  stormy: {
    lag: (random) =>
      random.chance(1_000) ? random.between(30_000, 6 * minute) : random.below(5_000),
    claimsHold: false,
  },
} as const satisfies Record<string, Weather>;

const lates = ["on time", "minutes", "one of each attack within the hour"] as const;

function modeOf(number: number): ModeName {
  return modeNames[number % modeNames.length] ?? "everything";
}

export interface AtOnce {
  readonly rows: readonly PublishedRow[];
  readonly starts: readonly Start[];
  readonly weather: Weather;
  readonly cap: number;
}

/** @param mode what runs at once; without it, one after the other */
export function drawAtOnce(number: number, random: Random, mode = modeOf(number)): AtOnce {
  const rows = publishMixed(
    random,
    withoutSomeIds(random, drawAttacks(random)),
    random.pick(lates),
  );
  const published = rows.map(({ publishedAt }) => publishedAt);
  const span = { from: morning, to: Math.max(...published) + 3 * minute };
  return {
    rows,
    starts: modes[mode](random, span).toSorted((a, b) => a.at - b.at),
    weather: random.pick<Weather>([weathers.brisk, weathers.uneven, weathers.stormy]),
    // With a small cap, most incidents are sent by other runs than those that found them.
    cap: random.pick([1, 2, 50]),
  };
}

/** How the state is reached by a run, with lags at each of its requests, and without any. */
export interface Storage {
  delayed(time: VirtualTime, lagMs: () => number): StateStore;
  readonly direct: StateStore;
}

export interface Played {
  readonly ending: Ending;
  readonly calls: number;
  /** Runs that gave up, because others kept changing the same records; the platform starts such work again. */
  readonly contended: number;
}

function benchOf({ rows, cap }: AtOnce): Bench {
  const more = { rules: everyRule, ingestionSafetyMs, maxIncidentsPerRun: cap };
  return new Bench(morning, rows, more);
}

/** Everything at its time, whatever else is running. */
export async function playTogether(
  number: number,
  story: AtOnce,
  plant: Plant,
  storageOf: (bench: Bench) => Storage = inMemory,
): Promise<Played> {
  const bench = benchOf(story);
  const storage = storageOf(bench);
  const time = new VirtualTime(bench);
  let contended = 0;
  let watermark = -Infinity;
  const begin = async (start: Start, who: number): Promise<void> => {
    await time.until(start.at);
    const random = randomOf(number, who);
    const lagMs = () => story.weather.lag(random);
    const parts: Partial<Detector> = {
      store: storage.delayed(time, lagMs),
      source: time.port(bench.log, lagMs),
      sinks: [
        incidentApiSink("service", time.port(bench.service, lagMs)),
        time.port(bench.sink, lagMs),
      ],
    };
    bench.jobsPort = time.port(bench.jobs, lagMs);
    const detector = bench.detector(parts);
    while (!(await isDone(bench, start, { ...detector, ...plant(detector) }))) {
      contended++;
    }
    const reached = (await storage.direct.readProgress())?.publishedTo ?? -Infinity;
    expect(reached).toBeGreaterThanOrEqual(watermark);
    watermark = reached;
  };
  await time.pass(story.starts.map(begin));
  return { ending: await endingOf(bench, storage.direct, plant), calls: time.calls, contended };
}

/** One thing after the other. */
export async function playInTurn(story: AtOnce): Promise<Ending> {
  const bench = benchOf(story);
  const detector = bench.detector({ sinks: [bench.serviceSink(), bench.sink] });
  for (const start of story.starts) {
    bench.now = start.at;
    expect(await isDone(bench, start, detector)).toBe(true);
  }
  return endingOf(bench, bench.store, () => ({}));
}

/** @returns false where it gave up, and is to be started again */
async function isDone(bench: Bench, start: Start, detector: Detector): Promise<boolean> {
  try {
    await work(bench, start, detector);
    return true;
  } catch (error) {
    if (error instanceof UpstreamError && error.message.includes("keep changing")) {
      return false;
    }
    throw error;
  }
}

async function work(bench: Bench, start: Start, detector: Detector): Promise<unknown> {
  switch (start.kind) {
    case "run":
      return runDetection(detector, never);
    case "secondLook":
      return maintain(detector, never);
    case "backfill":
      return bench.backfill(start.asked, detector, 0);
  }
}

async function endingOf(bench: Bench, store: StateStore, plant: Plant): Promise<Ending> {
  const detector = bench.detector({ store, sinks: [bench.serviceSink(), bench.sink] });
  const settledAt = await settleFrom(bench, bench.now + hour, { ...detector, ...plant(detector) });
  const ending = await readEnding(store, everyRule, {
    service: bench.service,
    delivered: bench.sink.delivered,
  });
  expect(ending.watermark).toBe(settledAt - ingestionSafetyMs);
  return ending;
}

function inMemory(bench: Bench): Storage {
  return {
    direct: bench.store,
    delayed: (time, lagMs) => time.port(bench.store, lagMs),
  };
}

/** The incidents are those of one thing after the other, each once. */
export function expectAsInTurn(story: AtOnce, { ending }: Played, inTurn: Ending): void {
  const truth = truthOf(
    story.rows.map(({ row }) => row),
    everyRule,
  );
  expect(summaryOf(ending, everyRule)).toEqual(truth);
  expect(summaryOf(inTurn, everyRule)).toEqual(truth);
  expectOnce(ending);
  expectSent(ending, story.weather.claimsHold);
}
