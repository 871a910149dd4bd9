/** What the built app says of itself where the log or Sentinel is not as it should be. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { row, step, time, type Row } from "../builders.ts";
import { hour, minute, refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";

let now = time("11:55");
let setAt = performance.now();
const clock = () => now + performance.now() - setAt;

let azure: LocalAzure;
let host: FunctionsHost;
let workspaces = 0;
let workspaceId = "";

beforeAll(async () => {
  azure = await startLocalAzure({ clock });
}, 60_000);
afterAll(() => azure.stop());

const startHost = (settings: Readonly<Record<string, string>> = {}) =>
  azure.startHost({
    STATE_TABLE: `Health${workspaces}`,
    LOG_ANALYTICS_WORKSPACE_ID: workspaceId,
    CONTEXT: "off",
    ...settings,
  });

/** Each test has a workspace and a state of its own. */
beforeEach(async () => {
  workspaceId = `00000000-0000-0000-0000-0000000001${String(++workspaces).padStart(2, "0")}`;
  host = await startHost();
}, 60_000);
afterEach(async () => {
  azure.sentinel.heal();
  await host.stop();
});

function moveTo(at: number): void {
  now = at;
  setAt = performance.now();
  host.moveClock(at);
}

async function run(from: string, to: string, everyMs: number): Promise<void> {
  for (let at = time(from); at <= time(to); at += everyMs) {
    moveTo(at);
    await host.fireTimer("detect").catch(() => undefined);
  }
}

const runEveryFiveMinutes = (from: string, to: string) => run(from, to, 5 * minute);

interface Health {
  readonly state: string;
  readonly faults: readonly { readonly what: string; readonly since: string; problem: string }[];
  readonly warnings: readonly string[];
  readonly lastError: string | null;
}

async function health(): Promise<Health & { readonly status: number }> {
  const response = await host.request({ url: "/api/health" });
  const { workspaces: all } = (await response.json()) as { workspaces: readonly Health[] };
  return { status: response.status, ...all[0]! };
}

const linesOf = (event: string) =>
  host.logs.filter(({ message }) => message.startsWith(`{"event":"${event}"`));

const minutesAfter = (from: string, count: number, make: (at: number, index: number) => Row) =>
  publish(Array.from({ length: count }, (_, index) => make(time(from) + index * minute, index)));

const failure = (at: number, index: number, more: Partial<Parameters<typeof row>[0]>) =>
  row({
    at,
    user: {
      name: `user${index}@contoso.com`,
      id: `00000000-0000-0000-0000-0000000000${10 + index}`,
    },
    ...more,
  });

describe("from noon on", () => {
  it("all failures come without steps: it is told once in the log, and is a fault of health", async () => {
    const generic =
      "The user didn't complete the MFA prompt. They may have decided not to authenticate, timed out while doing other work, or has an issue with their authentication setup.";
    azure.logs.publish(
      workspaceId,
      "SigninLogs",
      minutesAfter("12:00", 40, (at, index) => failure(at, index, { steps: [], status: generic })),
    );
    await runEveryFiveMinutes("11:55", "13:00");
    expect(linesOf("MFA failures lack reasons")).toHaveLength(1);
    const { status, faults, warnings } = await health();
    expect(status).toBe(503);
    expect(faults).toEqual([
      {
        what: "reasons",
        since: expect.stringMatching(/^2026-03-10T12:/),
        problem: expect.stringMatching(/^Only 0 of 40 MFA failures in 24 hours give a reason/),
      },
    ]);
    expect(warnings).toEqual([`An unknown MFA text appeared 40 times in 24 hours: ${generic}`]);
  }, 60_000);

  it("twenty failures have a text that nobody knows: one warning, with the text and how often", async () => {
    const text = "MFA denied; user did not use the app for alice@contoso.com";
    azure.logs.publish(
      workspaceId,
      "SigninLogs",
      minutesAfter("12:00", 20, (at, index) =>
        failure(at, index, { steps: [step({ at, text, succeeded: false })], status: text }),
      ),
    );
    await runEveryFiveMinutes("11:55", "12:40");
    // Words that Microsoft's texts do not have could be somebody's name.
    const shown = "MFA denied; user did not use the app for …";
    expect((await health()).warnings).toEqual([
      `An unknown MFA text appeared 20 times in 24 hours: ${shown}`,
    ]);
    // A run's own line has it as well, and no other.
    const told = host.logs.filter(({ message }) => message.includes(shown));
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(({ message }) => message.startsWith('{"event":"detection run"'))).toBe(true);
  }, 60_000);
});

describe("what is missing is named in health, with what to do:", () => {
  it("a workspace without Microsoft Sentinel", async () => {
    azure.logs.publish(workspaceId, "SigninLogs", publish(refusals("12:00", 5)));
    const said = `Workspace ${localWorkspace.workspaceId} is not onboarded to Microsoft Sentinel.`;
    azure.sentinel.fail({ status: 400, code: "BadRequest", message: said }, { times: Infinity });
    await runEveryFiveMinutes("12:05", "13:00");
    const { status, faults } = await health();
    expect(status).toBe(503);
    expect(faults).toEqual([
      {
        what: "sink",
        since: expect.stringMatching(/^2026-03-10T12:/),
        problem: expect.stringMatching(
          /Microsoft Sentinel is not switched on for the workspace \(az sentinel onboarding-state create/,
        ),
      },
    ]);
  }, 60_000);

  it("a workspace without SigninLogs", async () => {
    azure.logs.publish(workspaceId, "SigninLogs", publish(refusals("12:00", 5)));
    azure.logs.disconnect(workspaceId, "SigninLogs");
    await runEveryFiveMinutes("12:05", "12:30");
    const { status, faults, lastError } = await health();
    expect([status, faults.map(({ what }) => what)]).toEqual([503, ["last-success"]]);
    expect(lastError).toMatch(/SemanticError SEM0100: the workspace has no table SigninLogs/);
    expect(faults[0]?.problem).toContain(lastError);
  }, 60_000);

  it("a workspace in which nothing was ever logged, which is well at first", async () => {
    await runEveryFiveMinutes("12:05", "12:10");
    const { status, faults, warnings } = await health();
    expect([status, faults, warnings]).toEqual([200, [], ["SigninLogs has had no row yet."]]);
  });
});

it("a log that falls silent for six hours, where a row a minute is usual, is told by the tenant's own rhythm", async () => {
  const signedIn = (at: number, index: number) => failure(at, index % 80, { resultType: "0" });
  azure.logs.publish(workspaceId, "SigninLogs", minutesAfter("06:00", 120, signedIn));
  await run("06:15", "08:15", 15 * minute);
  expect((await health()).warnings).toEqual([]);
  await run("09:05", "14:05", 60 * minute);
  const { status, state, faults, warnings } = await health();
  expect([status, state, faults]).toEqual([200, "running", []]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^SigninLogs fell silent 6 hours ago; about 3\d\d rows are usual for this time\.$/,
    ),
  ]);
}, 60_000);

describe("an app whose timer is switched off", () => {
  const pausedNote = "The timer `detect` is switched off, so nothing is detected.";

  it("is well for as long as a log may be silent, though its last success is old, and then is not", async () => {
    await runEveryFiveMinutes("12:05", "12:10");
    await host.stop();
    host = await startHost({ "AzureWebJobs.detect.Disabled": "true" });
    moveTo(time("12:10") + 23 * hour);
    expect(await health()).toMatchObject({
      status: 200,
      state: "paused",
      faults: [],
      warnings: [pausedNote],
    });
    moveTo(time("12:10") + 25 * hour);
    const { status, state, faults } = await health();
    expect([status, state]).toEqual([503, "paused"]);
    expect(faults).toEqual([
      {
        what: "not-running",
        since: expect.stringMatching(/^2026-03-10T12:10:/),
        problem: "The timer `detect` is switched off; nothing has been detected since",
      },
    ]);
  }, 60_000);

  it("is well for as long, too, where it never ran", async () => {
    await host.stop();
    host = await startHost({ AzureWebJobs__detect__Disabled: "1" });
    moveTo(time("12:00"));
    expect(await health()).toMatchObject({ status: 200, state: "paused", warnings: [pausedNote] });
    moveTo(time("12:00") + 25 * hour);
    const { status, faults } = await health();
    expect([status, faults.map(({ what }) => what)]).toEqual([503, ["not-running"]]);
  }, 60_000);
});
