import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { presets } from "../../src/detection/rules/presets.ts";
import { generateTenant } from "../../src/tenant/tenant.ts";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { time } from "../builders.ts";
import { refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { startGateway, type Gateway } from "../proof/gateway.ts";
import { isWhole, listed } from "../cases.ts";
import { incidentsIn } from "../tenant/tenants.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const startAt = Date.UTC(2026, 2, 9);
const rules = presets.map(({ id }) => id);

/** A week at a small tenant, with attacks of every kind in it. */
const tenant = generateTenant({ seed: 7, users: 40, days: 7, startAt, signInsPerUserPerDay: 5 });
const rows = [...tenant.rows()];

/** By then everything is published, and what watched for late approvals has ended. */
const end = startAt + 7 * day + 3 * day;

let now = startAt;
let setAt = performance.now();
/** The time of everything: it passes as it does, and is moved on by hand. */
const clock = () => now + performance.now() - setAt;

let azure: LocalAzure;
let gateway: Gateway;
let tables = 0;
let running: FunctionsHost | null = null;

beforeAll(async () => {
  azure = await startLocalAzure({
    clock,
    settings: { DETECTION_RULES: rules.join(","), CONTEXT: "off" },
  });
  gateway = await startGateway(azure);
  azure.logs.publish(localWorkspace.workspaceId, "SigninLogs", rows);
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await azure.stop();
});

afterEach(() => running?.stop());

/** A host of an app that knows nothing yet, in a Sentinel without incidents. */
async function startAnew(settings: Readonly<Record<string, string>> = {}): Promise<FunctionsHost> {
  for (const { name } of azure.sentinel.incidents()) {
    azure.sentinel.remove(name);
  }
  running = await azure.startHost({
    STATE_TABLE: `State${++tables}`,
    ...settings,
  });
  return running;
}

function moveTo(host: FunctionsHost, at: number): void {
  now = at;
  setAt = performance.now();
  host.moveClock(at);
}

async function runEvery(host: FunctionsHost, everyMs: number, from: number, to: number) {
  for (let at = from; at <= to; at += everyMs) {
    moveTo(host, at);
    await host.fireTimer("detect");
  }
}

async function backfill(host: FunctionsHost, from: number, to: number): Promise<string> {
  const iso = (at: number) => new Date(at).toISOString();
  const response = await host.request({
    method: "POST",
    url: "/api/backfill",
    body: { from: iso(from), to: iso(to) },
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

interface Outcome {
  readonly rule: string;
  readonly user: string;
  readonly first: number;
  readonly last: number;
  readonly triggered: string;
  readonly denials: number;
  readonly severity: string;
}

/** When the rule fired: the date stands there only if it is not that of the first denial. */
function triggeredIn({
  description,
  firstActivityTimeUtc,
}: {
  readonly description?: string | null | undefined;
  readonly firstActivityTimeUtc?: string | null | undefined;
}): string {
  const told = /fired at (.+?)\.(?: |\n)/.exec(description ?? "")?.[1] ?? "";
  const whole = told.length > 8 ? told : `${(firstActivityTimeUtc ?? "").slice(0, 10)} ${told}`;
  return `${whole.replace(" ", "T")}Z`;
}

/** The part of what analysts see that must be equal. Merged incidents are left out. */
function outcomes(): readonly Outcome[] {
  return azure.sentinel
    .incidents()
    .filter(({ name }) =>
      azure.sentinel.comments(name).every(({ properties }) => !/belong/i.test(properties.message)),
    )
    .map(({ properties }) => {
      const { title, description, severity, labels } = properties;
      const told = (pattern: RegExp) => pattern.exec(description ?? "")?.[1] ?? "";
      return {
        rule: rules.find((id) => labels.some(({ labelName }) => labelName === id)) ?? "",
        user: /[^\s*]+@[^\s*]+/.exec(title)?.[0] ?? title,
        first: Date.parse(properties.firstActivityTimeUtc ?? ""),
        last: Date.parse(properties.lastActivityTimeUtc ?? ""),
        triggered: triggeredIn(properties),
        denials: Number(told(/refused\D*?(\d+) MFA/)),
        severity,
      };
    })
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const truth = tenant.truth.flatMap(({ user, expectedRules }) =>
  incidentsIn(expectedRules).map((expected) => ({ ...expected, user })),
);

/** A row without sequences has its times in whole seconds, and the earliest time of all rows counts. */
function isSame(found: Outcome, expected: (typeof truth)[number]): boolean {
  const near = (a: number, b: number) => Math.abs(a - b) < 1000;
  return (
    found.rule === expected.rule &&
    found.user === expected.user &&
    found.denials === expected.denials &&
    found.severity === expected.severity &&
    near(found.first, expected.firstDenialAt) &&
    near(found.last, expected.lastDenialAt) &&
    near(Date.parse(found.triggered), expected.triggeredAt)
  );
}

describe("a week at a tenant", () => {
  let onSchedule: readonly Outcome[] = [];

  it("run on schedule opens one incident for every burst that there truly is", async () => {
    const host = await startAnew();
    await runEvery(host, isWhole ? 5 * minute : 60 * minute, startAt, startAt + 7 * day);
    await runEvery(host, 6 * hour, startAt + 7 * day, end);
    onSchedule = outcomes();
    for (const expected of truth) {
      expect(onSchedule.filter((found) => isSame(found, expected))).toHaveLength(1);
    }
    expect(truth.length).toBeGreaterThan(12);
    expect(onSchedule.length).toBe(truth.length);
  }, 120_000);

  it("equals one run over the whole", async () => {
    const host = await startAnew({ INITIAL_LOOKBACK: "P12D" });
    moveTo(host, end);
    await host.fireTimer("detect");
    expect(outcomes()).toEqual(onSchedule);
  });

  const ranges = [
    ["from the middle of the first day on", startAt + 11 * hour, end],
    ["whole", startAt, end],
  ] as const;
  it.each(listed(ranges, 1))(
    "equals a backfill of it (%s)",
    async (_, from, to) => {
      const host = await startAnew({ INITIAL_LOOKBACK: "PT0M" });
      moveTo(host, end);
      const id = await backfill(host, from, to);
      await host.queuesEmpty({ timeoutMs: 60_000 });
      const job = await (await host.request({ url: `/api/backfill/${id}` })).json();
      expect(job).toMatchObject({ state: "done", errors: [] });
      expect(outcomes()).toEqual(onSchedule.filter(({ last }) => last >= from));
    },
    60_000,
  );

  it("has the same incidents with context on, run on schedule and in one run", async () => {
    // What the third rule opens depends on origins, of which the first days know nothing yet.
    const settings = { DETECTION_RULES: "explicit-mfa-deny,azure-ad-multiple-denied-mfa" };
    const off = await startAnew({ ...settings, INITIAL_LOOKBACK: "P12D" });
    moveTo(off, end);
    await off.fireTimer("detect");
    const expected = outcomes();
    expect(expected.length).toBeGreaterThan(8);
    await off.stop();
    const once = await startAnew({ ...settings, CONTEXT: "on", INITIAL_LOOKBACK: "P12D" });
    moveTo(once, end);
    await once.fireTimer("detect");
    expect(outcomes()).toEqual(expected);
    expect(azure.sentinel.incidents()[0]?.properties.description).toContain("- Origin: ");
    await once.stop();
    const host = await startAnew({ ...settings, CONTEXT: "on" });
    await runEvery(host, 12 * hour, startAt, end);
    expect(outcomes()).toEqual(expected);
  }, 240_000);

  it("equals a backfill of it that runs while timers do", async () => {
    const host = await startAnew({ INITIAL_LOOKBACK: "P12D" });
    moveTo(host, startAt + 5 * day);
    await backfill(host, startAt, startAt + 3 * day);
    await backfill(host, startAt + day, startAt + 5 * day);
    await runEvery(host, hour, startAt + 5 * day, startAt + 6 * day);
    await host.queuesEmpty({ timeoutMs: 60_000 });
    await Promise.all([host.fireTimer("detect"), host.fireTimer("maintenance")]);
    await runEvery(host, 6 * hour, startAt + 6 * day, end);
    expect(outcomes()).toEqual(onSchedule);
  }, 60_000);
});

describe("what a run costs", () => {
  interface Cost {
    readonly queries: number;
    readonly table: number;
    readonly sentinel: number;
  }

  async function costOf(work: () => Promise<unknown>): Promise<Cost> {
    const seen = () => ({
      queries: azure.logs.requests.length,
      table: gateway.requests.filter(({ service }) => service === "table").length,
      sentinel: azure.sentinel.requests.length,
    });
    const before = seen();
    await work();
    const after = seen();
    return {
      queries: after.queries - before.queries,
      table: after.table - before.table,
      sentinel: after.sentinel - before.sentinel,
    };
  }

  const page = readFileSync(new URL("../../docs/scale.md", import.meta.url), "utf8");

  /** The row of the table in docs/scale.md. */
  function documented(run: string): Cost {
    const [, queries, table, sentinel] =
      page.match(new RegExp(`^\\| ${run} +\\| (\\d+) +\\| (\\d+) +\\| (\\d+) +\\|$`, "m")) ?? [];
    return { queries: Number(queries), table: Number(table), sentinel: Number(sentinel) };
  }

  it("with nothing new and nothing due: a query, a read and a write, and nothing of Sentinel", async () => {
    const host = await startAnew({ STATE_STORAGE: gateway.settings["STATE_STORAGE"] ?? "" });
    moveTo(host, startAt - day);
    await host.fireTimer("detect");
    expect(documented("idle")).toEqual({ queries: 1, table: 2, sentinel: 0 });
    for (const minutes of [5, 10, 15]) {
      moveTo(host, startAt - day + minutes * minute);
      expect(await costOf(() => host.fireTimer("detect"))).toEqual(documented("idle"));
    }
  });

  it.each([
    ["on", ""],
    ["off", " with `CONTEXT=off`"],
  ])("with a new, a watched and a changed incident, context %s", async (context, suffix) => {
    const quiet = `00000000-0000-0000-0000-0000000000${context === "on" ? "bb" : "b0"}`;
    azure.logs.publish(quiet, "SigninLogs", publish(refusals("09:00", 5)));
    azure.logs.publish(quiet, "SigninLogs", publish(refusals("09:06", 2), "09:40"));
    const host = await startAnew({
      STATE_STORAGE: gateway.settings["STATE_STORAGE"] ?? "",
      LOG_ANALYTICS_WORKSPACE_ID: quiet,
      DETECTION_RULES: "explicit-mfa-deny",
      CONTEXT: context,
    });
    moveTo(host, time("09:00"));
    await host.fireTimer("detect");
    const measured: Record<string, Cost> = {};
    for (const [run, at] of [
      ["a new incident", "09:30"],
      ["an incident under watch", "09:35"],
      ["a changed incident", "09:45"],
      // Nothing is said twice.
      ["an incident under watch", "09:50"],
    ] as const) {
      moveTo(host, time(at));
      measured[run + suffix] = await costOf(() => host.fireTimer("detect"));
    }
    expect(azure.sentinel.incidents()).toHaveLength(1);
    expect(measured).toEqual(
      Object.fromEntries(Object.keys(measured).map((run) => [run, documented(run)])),
    );
  });
});
