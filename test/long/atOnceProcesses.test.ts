import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import { randomOf, type Random } from "../../src/tenant/random.ts";
import { day, hour, minute } from "../run/bench.ts";
import type { PublishedRow } from "../run/fakeLog.ts";
import { FakeService } from "../run/incidents.ts";
import { timeLimitMs } from "../proof/extent.ts";
import { publishMixed } from "../proof/latenessMixes.ts";
import { drawAttacks, morning } from "../proof/seededAttacks.ts";
import { expectOnce, readEnding, summaryOf, truthOf } from "../proof/seededEnding.ts";
import { playAll } from "../proof/seededStories.ts";
import { everyRule } from "../proof/seededWorld.ts";
import { startStage, type AppChild, type Stage } from "../proof/stage.ts";

const processes = 3;
let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ startAt: morning });
}, 60_000);
afterAll(() => stage.stop());

const sums = { requests: 0, runs: 0, incidents: 0 };

/**
 * Every request of a process, and every answer, takes its time. The lags of a story are the same in every play; how
 * processes meet is still up to the machine.
 */
function delay({ gateway }: AppChild, random: Random): void {
  const lag = () => sleep(random.chance(500) ? random.between(50, 400) : random.below(25));
  gateway.use(async (_, forward) => {
    sums.requests++;
    await lag();
    const answer = await forward();
    await lag();
    return answer;
  });
}

/** The app knows the families, so of each family one rule is on: the oracle judges one rule at a time. */
const separateRules = everyRule.filter(({ approvalRequired }) => !approvalRequired);

/** Processes of the app that know nothing yet, and a log with these rows in it. */
async function startApps(workspace: string, rows: readonly PublishedRow[]) {
  await stage.reset();
  stage.moveTo(morning);
  stage.azure.logs.publish(workspace, "SigninLogs", rows);
  const rules = separateRules.map(({ id, threshold }) => ({ id, threshold }));
  const settings = {
    LOG_ANALYTICS_WORKSPACE_ID: workspace,
    DETECTION_RULES: JSON.stringify(rules),
    // Some of it waits for later runs.
    MAX_INCIDENTS_PER_RUN: "4",
  };
  const starting = Array.from({ length: processes }, () =>
    stage.startApp({ settings, pollMs: 200 }),
  );
  return Promise.all(starting);
}

/** All processes run at once; now and then there is a second look, or a backfill is asked of all of them. */
async function round(apps: readonly AppChild[], random: Random, at: number): Promise<void> {
  stage.moveTo(at);
  const work = apps.map(({ host }) => host.fireTimer("detect"));
  const [first] = apps;
  if (random.chance(2_500) && first !== undefined) {
    work.push(first.host.fireTimer("maintenance"));
  }
  if (random.chance(2_500)) {
    const from = at - random.between(minute, 3 * hour);
    const body = { from: new Date(from).toISOString(), to: new Date(at).toISOString() };
    work.push(...apps.map((app) => askForBackfill(app, body)));
  }
  sums.runs += work.length;
  await Promise.all(work);
  await Promise.all(apps.map(({ host }) => host.queuesEmpty({ timeoutMs: 60_000 })));
}

/** Each answers with the same backfill, and each leaves a message for it. */
async function askForBackfill({ host }: AppChild, body: object): Promise<void> {
  const response = await host.request({ method: "POST", url: "/api/backfill", body });
  expect(response.status).toBe(202);
}

/** What Sentinel shows. */
async function shown(): Promise<FakeService> {
  const { sentinel } = stage.azure;
  const service = new FakeService();
  for (const { name, properties } of sentinel.incidents()) {
    const { title, severity, status, labels } = properties;
    await service.put(name, { title, severity, status, labels }, null);
    for (const comment of sentinel.comments(name)) {
      await service.putComment(name, comment.name, comment.properties.message);
    }
    for (const task of sentinel.tasks(name)) {
      const { description, ...rest } = task.properties;
      await service.putTask(name, task.name, { ...rest, description: description ?? "" });
    }
  }
  return service;
}

function stateOf(workspace: string): TableState {
  const { azurite, certificate, settings } = stage.azure;
  const noCredential = () => {
    throw new Error("the emulator takes the key of its connection string");
  };
  const table = settings["STATE_TABLE"] ?? "MfaDenyState";
  const connection = { tlsOptions: { ca: certificate.cert } };
  return new TableState(connectTable(azurite, table, noCredential, connection), workspace);
}

/** Runs until what a small cap left is sent, and watches have ended. @returns when the last of them began */
async function settle(
  [app]: readonly AppChild[],
  state: TableState,
  from: number,
): Promise<number> {
  for (let at = from; at < from + 5 * day; at += hour) {
    stage.moveTo(at);
    await app?.host.fireTimer("detect");
    const { due } = await state.open();
    if (due.length === 0) {
      return at;
    }
  }
  return expect.fail("what is due is never done");
}

async function play(number: number, random: Random): Promise<void> {
  const workspace = randomUUID();
  const rows = publishMixed(random, drawAttacks(random, 4), "one of each attack within the hour");
  const apps = await startApps(workspace, rows);
  apps.forEach((app, who) => delay(app, randomOf(number, who)));
  const end = Math.max(...rows.map(({ publishedAt }) => publishedAt)) + 3 * minute;
  const everyMs = Math.ceil((end - morning) / 12);
  for (let at = morning; at < end + everyMs; at += everyMs) {
    await round(apps, random, at);
  }

  const state = stateOf(workspace);
  const settledAt = await settle(apps, state, end + 3 * day);
  await Promise.all(apps.map((each) => each.stop()));

  const ending = await readEnding(state, separateRules, { service: await shown() }, workspace);
  const all = rows.map(({ row }) => row);
  expect(summaryOf(ending, separateRules)).toEqual(truthOf(all, separateRules));
  expectOnce(ending);
  // INGESTION_SAFETY behind the last run, less the real time until that began.
  const behind = settledAt - (ending.watermark ?? 0);
  expect(behind).toBeGreaterThan(0);
  expect(behind).toBeLessThanOrEqual(2 * minute);
  sums.incidents += ending.recorded.length;
}

describe("three processes at once over the same hours, every request delayed by lot,", () => {
  it(
    "leave every burst with one incident, and everything on it once",
    async () => {
      const count = 6;
      await playAll(count, play);
      console.log(`three processes: ${count} stories, ${JSON.stringify(sums)}`);
      expect(sums.incidents).toBeGreaterThan(count);
    },
    // Nine processes on few cores.
    3 * timeLimitMs,
  );
});
