/** The doctor against the local Azure, with each fault planted: one line names it, and nothing else is a fault. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { azureProbe } from "../../src/doctor/azureProbe.ts";
import { collectBundle } from "../../src/doctor/bundle.ts";
import { diagnose } from "../../src/doctor/diagnose.ts";
import { drill } from "../../src/doctor/drill.ts";
import { exitCodeOf, type Line } from "../../src/doctor/line.ts";
import type { Probe, QueryAnswer } from "../../src/doctor/probe.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import { readSettings, type Settings } from "../../src/settings/settings.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { everyRole, type Role } from "../../standins/roles.ts";
import { credential } from "../azure/wire.ts";
import { row, time } from "../builders.ts";
import { refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";

const now = time("09:30");
const folder = mkdtempSync(join(tmpdir(), "mfa-deny-doctor-"));
const identities: string[] = [];
let roles: readonly Role[] = everyRole;
let azure: LocalAzure;
let healthy: LocalAzure["deployment"];

beforeAll(async () => {
  azure = await startLocalAzure({
    clock: () => now,
    rolesOf: () => roles,
    tables: { "watchlist VIPUsers": { SearchKey: "string", UPN: "string" } },
  });
  healthy = { ...azure.deployment };
  const rows = [
    ...refusals("09:00", 5),
    row({
      at: "09:20",
      user: { name: "canary@contoso.com", id: "00000000-0000-0000-0000-00000000ca11" },
      address: "203.0.113.77",
    }),
  ];
  azure.logs.publish(localWorkspace.workspaceId, "SigninLogs", publish(rows));
  azure.logs.publish(localWorkspace.workspaceId, "watchlist VIPUsers", [
    { publishedAt: now - 3_600_000, row: { SearchKey: "a", UPN: "canary@contoso.com" } },
  ]);
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await azure.stop();
});
afterEach(() => {
  roles = everyRole;
  Object.assign(azure.deployment, healthy);
});

interface Planted {
  readonly settings?: Readonly<Record<string, string>>;
  readonly lastSuccessAt?: number | null;
  readonly now?: number;
  readonly override?: Partial<Probe>;
  /** Answers these queries, and no other, like this. */
  readonly answer?: (kql: string) => QueryAnswer | null;
}

async function probeOf({
  settings = {},
  lastSuccessAt = now,
  now: at = now,
  override,
  answer,
}: Planted = {}) {
  const read: Settings = readSettings({
    ...azure.settings,
    INCIDENT_SINKS: "sentinel,logs",
    ...settings,
  });
  const store = new MemoryStore();
  if (lastSuccessAt !== null) {
    await store.saveProgress({
      publishedTo: lastSuccessAt,
      lastRunAt: lastSuccessAt,
      lastSuccessAt,
      lastError: null,
      pending: 0,
    });
  }
  const probe = azureProbe({
    settings: read,
    credential: credential(),
    credentialOf: (clientId) => {
      identities.push(clientId);
      return credential();
    },
    storeOf: () => store,
    dryRunOf: () => ({ list: () => Promise.resolve([]) }),
    packageFolder: folder,
    timer: { schedule: "0 */5 * * * *", isOff: false },
    connection: { tlsOptions: { ca: azure.certificate.cert } },
    now: () => at,
  });
  const query: Probe["query"] = async (workspace, kql) =>
    answer?.(kql) ?? (await probe.query(workspace, kql));
  return { ...probe, query, ...override };
}

async function linesOf(planted?: Planted): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for await (const line of diagnose(await probeOf(planted))) {
    lines.push(line);
  }
  return lines;
}

const faultsIn = (lines: readonly Line[]) =>
  lines.filter(({ level }) => level === "fault").map(({ check }) => check);
const warningsIn = (lines: readonly Line[]) =>
  lines.filter(({ level }) => level === "warning").map(({ check }) => check);

test("a deployment that is whole has no fault, and every line that is not well has a cure", async () => {
  const lines = await linesOf();
  expect(faultsIn(lines)).toEqual([]);
  expect(warningsIn(lines).filter((check) => check !== "context-tables")).toEqual([]);
  for (const { level, cure, check } of lines) {
    expect([check, cure !== null]).toEqual([check, level === "warning" || level === "fault"]);
  }
});

test("it leaves nothing behind in Sentinel", async () => {
  await linesOf();
  expect(azure.sentinel.requests.every(({ method }) => method === "GET")).toBe(true);
});

const without = (role: Role) => {
  roles = everyRole.filter((each) => each !== role);
};
/** The settings of a file of rules in the app's package. */
function rulesFile(text: string): Planted {
  writeFileSync(join(folder, "rules.yaml"), text);
  return { settings: { RULES_FILE: "rules.yaml" } };
}
const vips = (watchlist: string, column: string) =>
  `- id: vip\n  threshold: 3\n  window: PT10M\n  appliesTo:\n    users: [{ watchlist: ${watchlist}, column: ${column} }]\n`;
/** Twenty failures without a word of why. */
const failures = Array.from({ length: 20 }, () => ({ ResultType: "500121" }));

/** What Azure Resource Manager answers of one path, instead of what there is. */
function managed(path: RegExp, status: number): Planted {
  const manage: Probe["manage"] = async (asked, version) =>
    path.test(asked)
      ? { status, body: undefined, servedAt: null }
      : (await probeOf()).manage(asked, version);
  return { override: { manage } };
}
const denied = (name: string) => () => Promise.reject(new Error(`${name}: 403`));

describe("each fault is named by exactly one line", () => {
  test.each<[fault: string, check: string, plant: () => Planted]>([
    [
      "no token for one audience",
      "tokens",
      () => ({ override: { token: () => Promise.reject(new Error("no identity")) } }),
    ],
    [
      "the table may not be written",
      "state-table",
      () => ({ override: { tryTable: denied("table") } }),
    ],
    [
      "the queue may not be written",
      "backfill-queue",
      () => ({ override: { tryQueue: denied("queue") } }),
    ],
    [
      "a backfill step was given up",
      "poison-queue",
      () => ({ override: { poisonMessages: () => Promise.resolve(2) } }),
    ],
    ["runs have stopped", "last-run", () => ({ lastSuccessAt: now - 3_600_000 })],
    [
      "another workspace without the table",
      "signin-logs",
      () => ({
        override: {
          query: () =>
            Promise.resolve({ kind: "refused", code: "SEM0100", message: "SigninLogs" } as const),
        },
      }),
    ],
    [
      "a plan that the query API does not serve",
      "signin-logs-plan",
      () => {
        azure.deployment.plan = "Basic";
        return {};
      },
    ],
    [
      "a log that fell silent",
      "signin-logs-rows",
      () => ({ now: now + 2 * 86_400_000, lastSuccessAt: now + 2 * 86_400_000 }),
    ],
    [
      "Sentinel is not switched on",
      "sentinel-onboarded",
      () => {
        azure.deployment.onboarded = false;
        return {};
      },
    ],
    [
      "the role of the sink is missing",
      "incident-permissions",
      () => {
        without("Microsoft Sentinel Responder");
        return {};
      },
    ],
    [
      "a data collection rule with another stream",
      "data-collection-rule",
      () => {
        const [rule] = azure.deployment.collectionRules;
        azure.deployment.collectionRules = [
          { immutableId: rule?.immutableId ?? "", streams: ["Custom-Other_CL"] },
        ];
        return {};
      },
    ],
    [
      "no analytics rule reads the findings",
      "analytics-rule",
      () => {
        azure.deployment.analyticsRules = [{ query: "SigninLogs", enabled: true }];
        return {};
      },
    ],
    [
      "the analytics rule is disabled",
      "analytics-rule",
      () => {
        azure.deployment.analyticsRules = [{ query: "MfaDenyFindings_CL", enabled: false }];
        return {};
      },
    ],
    [
      "the findings table is missing",
      "findings-table",
      () => ({
        answer: (kql) =>
          kql.startsWith("MfaDenyFindings_CL")
            ? { kind: "refused", code: "SEM0100", message: "MfaDenyFindings_CL" }
            : null,
      }),
    ],
    [
      "a stream that the data collection rule does not declare",
      "data-collection-rule",
      () => ({ settings: { FINDINGS_STREAM: "Custom-Missing_CL" } }),
    ],
    [
      "the role for queries is missing",
      "signin-logs",
      () => ({ override: { query: () => Promise.reject(new Error("403")) } }),
    ],
    [
      "a column that a transformation drops",
      "signin-logs-columns",
      () => ({
        answer: (kql) =>
          kql.includes("getschema")
            ? { kind: "rows", rows: [{ ColumnName: "TimeGenerated", ColumnType: "datetime" }] }
            : null,
      }),
    ],
    [
      "a log that never had a row",
      "signin-logs-rows",
      () => ({ answer: (kql) => (kql.includes("order by") ? { kind: "rows", rows: [] } : null) }),
    ],
    [
      "failures that give no reason",
      "mfa-reasons",
      () => ({
        answer: (kql) => (kql.includes("500121") ? { kind: "rows", rows: failures } : null),
      }),
    ],
    [
      "a file of rules that is not there",
      "rules",
      () => ({ settings: { RULES_FILE: "gone.yaml" } }),
    ],
    [
      "a file of rules with problems",
      "rules",
      () => rulesFile("- id: vip\n  threshhold: 3\n  window: soon\n"),
    ],
    ["a watchlist that is not there", "watchlists", () => rulesFile(vips("Nobody", "UPN"))],
    ["a watchlist without the column", "watchlists", () => rulesFile(vips("VIPUsers", "Mail"))],
    ["Sentinel may not be read", "sentinel-onboarded", () => managed(/\/onboardingStates\//, 403)],
  ])("%s", async (_, check, plant) => {
    const lines = await linesOf(plant());
    expect(faultsIn(lines)).toEqual([check]);
    expect(exitCodeOf(lines)).toBe(2);
  });
});

describe("what works, but not as it should, is a warning", () => {
  test.each<[string, string, () => Planted]>([
    ["a dry run", "pilot", () => ({ settings: { DRY_RUN: "true" } })],
    [
      "no sink for the Defender portal",
      "defender-portal",
      () => ({ settings: { INCIDENT_SINKS: "sentinel" } }),
    ],
    [
      "a timer that is switched off",
      "schedule",
      () => ({ override: { timer: { schedule: "0 */5 * * * *", isOff: true } } }),
    ],
    ["no run yet", "last-run", () => ({ lastSuccessAt: null })],
    [
      "a clock that is off",
      "clock",
      () => {
        azure.deployment.clockOffMs = 8 * 60_000;
        return {};
      },
    ],
    [
      "a data collection rule elsewhere",
      "data-collection-rule",
      () => {
        azure.deployment.collectionRules = [];
        return {};
      },
    ],
  ])("%s", async (_, check, plant) => {
    const lines = await linesOf(plant());
    expect(faultsIn(lines)).toEqual([]);
    expect(warningsIn(lines)).toContain(check);
  });
});

test("rules and their watchlists are read where they are, and only by the app in its package", async () => {
  const planted = rulesFile(vips("VIPUsers", "UPN"));
  const told = async (more: Partial<Planted> = {}) =>
    (await linesOf({ ...planted, ...more }))
      .filter(({ check }) => check === "rules" || check === "watchlists")
      .map(({ level, says }) => `${level}: ${says}`);
  expect(await told()).toEqual([
    "ok: 1 rule in use, from rules.yaml",
    "ok: 1 watchlist column can be read",
  ]);
  expect(await told({ override: { rules: () => Promise.resolve(null) } })).toEqual([
    "skipped: the file of rules is in the app's package: mfa-deny doctor --app URL reads it",
    "skipped: not tried, because it needs rules",
  ]);
});

describe("of several workspaces", () => {
  const workspace = (name: string, more: object = {}) => ({ name, ...localWorkspace, ...more });
  const two = (first: object, second: object) => ({
    LOG_ANALYTICS_WORKSPACE_ID: "",
    SENTINEL_WORKSPACE_RESOURCE_ID: "",
    WORKSPACES: JSON.stringify([
      workspace("one", first),
      workspace("two", { workspaceId: "00000000-0000-0000-0000-0000000000bb", ...second }),
    ]),
  });

  test("one has the findings table for all", async () => {
    const settings = two({}, {});
    const base = await probeOf({ settings });
    const query: Probe["query"] = async (place, kql) =>
      place.name === "one" && kql.startsWith("MfaDenyFindings_CL")
        ? { kind: "refused", code: "SEM0100", message: "MfaDenyFindings_CL" }
        : base.query(place, kql);
    const lines = await linesOf({ settings, override: { query } });
    expect(lines.filter(({ check }) => check === "findings-table")).toMatchObject([
      { workspace: null, level: "ok", says: "the workspace two has MfaDenyFindings_CL" },
    ]);
    expect(lines.filter(({ check }) => check === "analytics-rule")).toHaveLength(1);
  });

  test("one that cannot be queried is told of once, and the other is checked all the same", async () => {
    const settings = two({}, {});
    const base = await probeOf({ settings });
    const query: Probe["query"] = (place, kql) =>
      place.name === "one" ? Promise.reject(new Error("403")) : base.query(place, kql);
    const lines = await linesOf({ settings, override: { query } });
    const faults = lines.filter(({ level }) => level === "fault");
    expect(faults.filter(({ workspace: name }) => name !== "two")).toMatchObject([
      { check: "signin-logs", workspace: "one" },
    ]);
    expect(lines).toContainEqual(expect.objectContaining({ check: "findings-table", level: "ok" }));
  });

  test("one with an identity of its own is asked as that, and once", async () => {
    const clientId = "00000000-0000-0000-0000-0000000000c1";
    await linesOf({ settings: two({}, { clientId }) });
    expect(identities).toEqual([clientId]);
  });

  test("one with sinks of its own needs only what they need", async () => {
    without("Microsoft Sentinel Responder");
    const lines = await linesOf({ settings: two({ sinks: ["logs"] }, { sinks: ["sentinel"] }) });
    expect(
      lines
        .filter(({ check }) => check === "incident-permissions")
        .map(({ workspace: name, level }) => [name, level]),
    ).toEqual([
      ["one", "ok"],
      ["two", "fault"],
    ]);
  });
});

test("a bundle shows structure and counts, and nothing that identifies a person or a tenant", async () => {
  const probe = await probeOf();
  const bundle = await collectBundle(probe, ["STATE_STORAGE"], await linesOf());
  const text = JSON.stringify(bundle);
  expect(bundle.workspaces[0]?.texts).toContainEqual(
    expect.objectContaining({
      text: "MFA denied; user declined the authentication",
      outcome: "denied",
    }),
  );
  expect(bundle.workspaces[0]?.columns["AuthenticationDetails"]).toBe("string");
  expect(bundle.settings).toEqual(["STATE_STORAGE"]);
  for (const secret of [
    "canary",
    "contoso",
    "203.0.113.",
    localWorkspace.workspaceId,
    localWorkspace.resourceId,
    "AccountKey",
  ]) {
    expect(text).not.toContain(secret);
  }
});

test("a fire drill follows the rows, the run, the incident and the finding, and says what each took", async () => {
  const said: string[] = [];
  const user = "alice@contoso.com";
  let looks = 0;
  const probe = await probeOf({
    now: time("08:59"),
    lastSuccessAt: now,
    override: {
      manage: () =>
        Promise.resolve({
          status: 200,
          body: {
            value: [
              {
                properties: {
                  title: `MFA push attack on ${user}`,
                  createdTimeUtc: new Date(now).toISOString(),
                },
              },
            ],
          },
          servedAt: now,
        }),
    },
  });
  const workspace = probe.settings.workspaces[0];
  const query: Probe["query"] = async (place, kql) => {
    looks += kql.startsWith("MfaDenyFindings_CL") ? 1 : 0;
    return kql.startsWith("MfaDenyFindings_CL") && looks > 1
      ? { kind: "rows", rows: [{ Ingested: new Date(now + 60_000).toISOString() }] }
      : probe.query(place, kql);
  };
  const reached = await drill({ ...probe, query }, workspace!, {
    user,
    say: (line) => said.push(line),
    pause: () => Promise.resolve(),
    longestMs: 3_600_000,
  });
  expect(reached).toBe(true);
  expect(said.filter((line) => line.startsWith("ok"))).toHaveLength(4);
  expect(said.at(-1)).toMatch(/min\.$/);
});

test("a fire drill that gets nowhere says which step did not come", async () => {
  const said: string[] = [];
  let at = time("09:25");
  const probe = await probeOf();
  const reached = await drill({ ...probe, now: () => at }, probe.settings.workspaces[0]!, {
    user: "nobody@contoso.com",
    say: (line) => said.push(line),
    pause: () => {
      at += 600_000;
      return Promise.resolve();
    },
    longestMs: 3_600_000,
  });
  expect(reached).toBe(false);
  expect(said.at(-1)).toMatch(/^FAULT +5 refused prompts in SigninLogs: not within 60 min/);
});
