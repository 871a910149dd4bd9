/** One story of the proof of faults: a morning of attacks in some weather, and the checks afterwards. */
import { expect } from "vitest";
import { analystTasks } from "../../src/detection/incidents/analystTasks.ts";
import type { Detector } from "../../src/run/detector.ts";
import type { SubjectRecord } from "../../src/run/ports.ts";
import { runDetection } from "../../src/run/runDetection.ts";
import { isPending } from "../../src/run/sendBudget.ts";
import { UpstreamError } from "../../src/run/upstreamError.ts";
import { revisionOf, type IncidentProperties } from "../../src/sinks/sentinel/incidentBody.ts";
import { Bench, day, hour, minute, never } from "../run/bench.ts";
import { publish, type PublishedRow } from "../run/fakeLog.ts";
import type { Service } from "./gateway.ts";
import { drawAttacks, morning } from "./seededAttacks.ts";
import { awayIn, handlerOf, kinds, lotOf, skewAt, type Kind, type Weather } from "./weather.ts";
import { Requests } from "./weatherRequests.ts";
import { rules, type State, type WeatherApp, type WeatherStage } from "./weatherStage.ts";

/** What a story took. */
export interface Report {
  /** From the end of the bad weather to the end of the first run after which nothing was left to do, ms. */
  readonly recoveryMs: number;
  readonly runs: number;
  readonly failedRuns: number;
  readonly requests: number;
  /** Those of them that the weather struck. */
  readonly struck: number;
  /** The most that one run sent to one service. */
  readonly mostPerRun: Readonly<Partial<Record<Service, number>>>;
}

/** A fault that was planted: the same app, but for one of its parts. */
export interface Plant {
  readonly change?: (detector: Detector) => Detector;
  readonly attempts?: number;
}

/** A failed delivery waits an hour at most, plus one run; a clock that was ahead delays it by as much. */
function longestRecovery({ everyMs, jumps }: Weather): number {
  return hour + 2 * everyMs + Math.max(0, ...jumps.map(({ skewMs }) => skewMs));
}

export async function playWeather(
  stage: WeatherStage,
  kind: Kind,
  number: number,
  { change = (detector) => detector, attempts }: Plant = {},
): Promise<Report> {
  const random = lotOf(kind, number);
  const rows = publish(drawAttacks(random).map(({ row }) => row));
  const weather = kinds[kind](random, morning);
  const connection = { timeoutMs: kind === "no answer" ? 300 : 10_000, attempts };
  const app = stage.startApp(number, rows, connection);
  const story = new Story(stage, app, weather, number, change);
  const report = await story.play();
  await expectUndisturbed(stage, app, rows, weather);
  return report;
}

class Story {
  readonly #stage: WeatherStage;
  readonly #app: WeatherApp;
  readonly #weather: Weather;
  readonly #requests: Requests;
  readonly #change: (detector: Detector) => Detector;
  #runs = 0;
  #failedRuns = 0;
  #watermark = -Infinity;

  constructor(
    stage: WeatherStage,
    app: WeatherApp,
    weather: Weather,
    number: number,
    change: (detector: Detector) => Detector,
  ) {
    this.#stage = stage;
    this.#app = app;
    this.#weather = weather;
    this.#change = change;
    this.#requests = new Requests(() => stage.time.now);
    const { time } = stage;
    stage.gateway.use(
      handlerOf({
        number,
        weather,
        now: () => time.now,
        machineNow: () => time.machineNow(),
        pass: (ms) => time.pass(ms),
        ended: (request, well) => this.#requests.ended(request, well),
      }),
    );
  }

  async play(): Promise<Report> {
    const { time } = this.#stage;
    const { endsAt, everyMs } = this.#weather;
    const over = Math.max(endsAt, attacksEnd);
    let recoveredAt: number | null = null;
    time.now = morning;
    for (let due = morning; recoveredAt === null || due <= over; due += everyMs) {
      const isWell = await this.#runAt(due);
      if (isWell && due >= endsAt && (await this.#isDone())) {
        recoveredAt ??= time.now;
      }
      const isLate = due > endsAt + longestRecovery(this.#weather);
      if (isLate && recoveredAt === null) {
        throw new Error("it does not recover in time");
      }
    }
    // By then what watched for late approvals has ended.
    for (const due of [time.now + 3 * day, time.now + 3 * day + hour]) {
      await this.#runAt(due);
    }
    return {
      recoveryMs: recoveredAt - endsAt,
      runs: this.#runs,
      failedRuns: this.#failedRuns,
      ...this.#requests.totals(),
    };
  }

  /** @returns whether it ended well */
  async #runAt(due: number): Promise<boolean> {
    const { time } = this.#stage;
    time.moveTo(Math.max(due, time.now), skewAt(this.#weather, due));
    const detector = this.#change(this.#app.detector());
    const beganAt = time.now;
    this.#runs++;
    this.#requests.beginRun();
    const isWell = await runDetection(detector, never).then(
      ({ errors }) => errors.length === 0,
      (error: unknown) => this.#failed(error),
    );
    this.#requests.expectBounded();
    const state = await this.#app.readState();
    this.#expectRead(state);
    this.#expectFewTries(state, awayIn(this.#weather, beganAt, time.now));
    return isWell;
  }

  #failed(error: unknown): false {
    if (!(error instanceof UpstreamError)) {
      throw error;
    }
    this.#failedRuns++;
    return false;
  }

  /** The watermark never goes back, and never passes an incomplete answer. */
  #expectRead({ progress }: State): void {
    const watermark = progress?.publishedTo ?? -Infinity;
    expect(watermark).toBeGreaterThanOrEqual(this.#watermark);
    this.#watermark = watermark;
    if (progress !== null) {
      this.#requests.expectReadTo(watermark);
    }
  }

  /**
   * A run ends where the state or the log cannot be reached. A sink is asked once for each incident that is due, and
   * once more for one that grew meanwhile: another sink may be well, and is not to wait for it.
   */
  #expectFewTries({ due }: State, away: Service | null): void {
    if (away === null) {
      return;
    }
    const isSink = away === "sentinel" || away === "ingestion";
    const first = this.#runs === 1 ? 1 : 0;
    this.#requests.expectFewTries(away, isSink ? 2 * due.filter(isPending).length : 1 + first);
  }

  async #isDone(): Promise<boolean> {
    const { progress, due } = await this.#app.readState();
    const isRead = (progress?.publishedTo ?? 0) >= this.#stage.time.now - 3 * minute;
    return isRead && !due.some(isPending);
  }
}

/** The last of the attacks is published by then. */
const attacksEnd = morning + 7 * hour;

/** What the same rows come to in memory, with the same runs and nothing in their way. */
async function undisturbed(
  rows: readonly PublishedRow[],
  { everyMs }: Weather,
): Promise<readonly string[]> {
  const bench = new Bench(morning, rows, { rules });
  const more = { sinks: [bench.serviceSink()] };
  for (let at = morning; at <= attacksEnd; at += everyMs) {
    await bench.run(at, more);
  }
  await bench.run(attacksEnd + 3 * day, more);
  return bench.store.snapshot().heads.flatMap(liveOf).toSorted();
}

/** What counts as equal: of every live incident its rule, user, times, count and severity. */
function liveOf({ subject, bursts }: Pick<SubjectRecord, "subject" | "bursts">): readonly string[] {
  return bursts
    .filter(({ mergedInto }) => mergedInto === null)
    .map(({ facts }) => {
      const { denials, firstDenialAt, lastDenialAt, triggeredAt, severity } = facts;
      const times = [firstDenialAt, triggeredAt, lastDenialAt].map((at) =>
        new Date(at).toISOString(),
      );
      return [subject.rule, subject.user, ...times, denials, severity].join(" ");
    });
}

/** Nothing lost, nothing twice, and nothing left to do. */
async function expectUndisturbed(
  stage: WeatherStage,
  app: WeatherApp,
  rows: readonly PublishedRow[],
  weather: Weather,
): Promise<void> {
  const { heads, due, progress } = await app.readState();
  expect(heads.flatMap(liveOf).toSorted()).toEqual(await undisturbed(rows, weather));
  const claims = heads.flatMap(({ deliveries }) =>
    Object.values(deliveries).map(({ claim }) => claim),
  );
  expect([due, claims.filter((claim) => claim !== null)]).toEqual([[], []]);
  expect(progress).toMatchObject({ pending: 0, lastError: null });
  expectToldOnce(stage, app, heads);
}

function expectToldOnce(
  { azure: { sentinel, ingestion } }: WeatherStage,
  { uploadsBefore }: WeatherApp,
  heads: readonly Pick<SubjectRecord, "bursts">[],
): void {
  const records = new Map(heads.flatMap(({ bursts }) => bursts.map((burst) => [burst.id, burst])));
  const incidents = new Map(sentinel.incidents().map((incident) => [incident.name, incident]));
  expect([...incidents.keys()].filter((name) => !records.has(name))).toEqual([]);
  const uploads = ingestion.uploads.slice(uploadsBefore).flatMap(({ rows }) => rows);
  for (const { id, mergedInto, revision, facts } of records.values()) {
    const incident = incidents.get(id);
    const comments = sentinel.comments(id).map(({ properties }) => properties.message);
    expect(new Set(comments).size).toBe(comments.length);
    if (mergedInto === null) {
      const properties = incident?.properties as unknown as IncidentProperties;
      expect([id, revisionOf(properties), properties.severity]).toEqual([
        id,
        revision,
        facts.severity,
      ]);
      expect(sentinel.tasks(id)).toHaveLength(analystTasks.length);
      const told = uploads.filter(({ FindingId }) => FindingId === id);
      expect(Math.max(...told.map(({ Revision }) => Number(Revision)))).toBe(revision);
    } else if (incident !== undefined) {
      expect(comments.some((text) => text.includes(mergedInto))).toBe(true);
    }
  }
}
