/** Who may do what: tokens that are not good enough are refused, the app says by whom and why, and asks for no more. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findingsLog } from "../../src/sinks/findings/findingsLog.ts";
import { logAnalytics } from "../../src/logs/azure/logAnalytics.ts";
import { sentinelIncidents } from "../../src/sinks/sentinel/sentinelIncidents.ts";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { everyRole, type Role } from "../../standins/roles.ts";
import { clouds } from "../../src/settings/clouds.ts";
import { connection, failureOf, never } from "../azure/wire.ts";
import { approved, row, time } from "../builders.ts";
import { bundleApp } from "../functions/appUnderTest.ts";
import { timeLimitMs } from "./extent.ts";
import { refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";

vi.setConfig({ testTimeout: timeLimitMs });

let now = time("09:30");
let setAt = performance.now();
const clock = () => now + performance.now() - setAt;
let roles: readonly Role[] = everyRole;
let app: Awaited<ReturnType<typeof bundleApp>>;
let azure: LocalAzure;
let host: FunctionsHost;
let tables = 0;

beforeAll(async () => {
  app = await bundleApp();
  azure = await startLocalAzure({
    clock,
    main: app.main,
    rolesOf: () => roles,
    storageOverHttps: true,
  });
  azure.logs.publish(
    localWorkspace.workspaceId,
    "SigninLogs",
    publish([
      ...refusals("09:00", 5),
      row({ at: "09:20", published: "09:41", resultType: "0", steps: [approved("09:20")] }),
    ]),
  );
}, 60_000);
afterAll(async () => {
  await azure.stop();
  await app.remove();
});
afterEach(() => {
  roles = everyRole;
  for (const { name } of azure.sentinel.incidents()) {
    azure.sentinel.remove(name);
  }
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  const table = { STATE_TABLE: `Roles${++tables}`, INCIDENT_SINKS: "sentinel,logs" };
  host = await azure.startHost({ ...table, ...settings });
  moveTo("09:30");
}

function moveTo(at: string): void {
  now = time(at);
  setAt = performance.now();
  host.moveClock(now);
}

const told = () => host.logs.map(({ message }) => message).join("\n");

/** The rows of the first table of roles in a document: role → the text of its line. */
function rolesIn(document: string): ReadonlyMap<string, string> {
  const lines = readFileSync(document, "utf8").split("\n");
  const from = lines.findIndex((line) => /^\| role +\|/.test(line)) + 2;
  const table = lines.slice(from, lines.indexOf("", from));
  return new Map(table.map((line) => [line.split("|")[1]?.trim() ?? "", line]));
}

const isRole = (name: string): name is Role => everyRole.some((role) => role === name);

describe("the roles that the README names", () => {
  const named = [...rolesIn("README.md").keys()];

  test("are those that the code asks for in its messages, and those of the Functions host", () => {
    // The doctor is run by people, too, who see more with Reader.
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".ts") && !name.startsWith("doctor"),
    );
    const asked = sources.flatMap((name) =>
      [...readFileSync(join("src", name), "utf8").matchAll(/role: "([^"]+)"/g)].map(([, role]) =>
        String(role),
      ),
    );
    // Those that only the Functions host uses are in no message of the app.
    const ofTheHost = ["Storage Blob Data Owner", "Storage Queue Data Contributor"];
    // Given by hand, on the container of a file of rules (docs/rules.md).
    const ofRules = "Storage Blob Data Reader";
    expect(readFileSync("docs/rules.md", "utf8")).toContain(ofRules);
    const needed = new Set([...asked.filter((role) => role !== ofRules), ...ofTheHost]);
    expect(named.toSorted()).toEqual([...needed].toSorted());
  });

  test("are enough for runs, both sinks, maintenance and backfills, and blobs are not touched", async () => {
    roles = named.filter(isRole);
    const storage = (azure.settings["STATE_STORAGE"] ?? "").replace(
      /BlobEndpoint=[^;]+/,
      "BlobEndpoint=https://127.0.0.1:1/nobody",
    );
    await start({ STATE_STORAGE: storage });
    await host.fireTimer("detect");
    moveTo("09:45");
    await host.fireTimer("detect");
    await host.fireTimer("maintenance");
    const range = { from: "2026-03-10T08:30:00Z", to: "2026-03-10T09:30:00Z" };
    const response = await host.request({ method: "POST", url: "/api/backfill", body: range });
    const { id } = (await response.json()) as { id: string };
    await host.queuesEmpty();
    const job = await host.request({ url: `/api/backfill/${id}` });
    expect(await job.json()).toMatchObject({ state: "done", errors: [] });
    const [incident] = azure.sentinel.incidents();
    expect(incident?.properties.severity).toBe("High");
    expect(azure.ingestion.uploads.map(({ status }) => status)).toEqual([204, 204]);
    expect(told()).not.toMatch(/lacks the role|not accepted/);
    await host.stop();
  });

  test("are few: none is an owner's, and none may read or write more than necessary", () => {
    expect(named.join()).not.toMatch(/(?<!Data )Owner|Administrator|(?<!Data )Contributor/);
  });
});

describe("without the role", () => {
  const without = (role: Role) => everyRole.filter((each) => each !== role);

  test("Microsoft Sentinel Responder, a run fails and says so, and health does", async () => {
    roles = ["Monitoring Metrics Publisher"];
    await start();
    const problem =
      "Log Analytics: 403 InsufficientAccessError: the identity lacks the role Microsoft Sentinel Responder";
    await expect(host.fireTimer("detect")).rejects.toThrow(problem);
    expect(told()).toContain(problem);
    await host.stop();
  });

  test.each<[Role, string]>([
    [
      "Microsoft Sentinel Responder",
      "Microsoft Sentinel: 403 AuthorizationFailed: the identity lacks the role Microsoft Sentinel Responder",
    ],
    [
      "Monitoring Metrics Publisher",
      "Logs Ingestion: 403 OperationFailed: the identity lacks the role Monitoring Metrics Publisher",
    ],
  ])(
    "%s, where reading is allowed, an incident waits and the log and health say why",
    async (role, problem) => {
      roles = without(role);
      await start();
      await host.fireTimer("detect");
      expect(told()).toContain(problem);
      const health = await host.request({ url: "/api/health" });
      expect(JSON.stringify(await health.json())).toContain(problem);
      roles = everyRole;
      moveTo("09:36");
      await host.fireTimer("detect");
      expect(azure.sentinel.incidents()).toHaveLength(1);
      await host.stop();
    },
  );
});

test("with tokens for another cloud, every service refuses the app by its name", async () => {
  await start({ AZURE_CLOUD: "usgov" });
  await expect(host.fireTimer("detect")).rejects.toThrow(
    "Log Analytics: 403 InvalidAuthenticationTokenAudience: the token or key was not accepted",
  );
  expect(told()).not.toContain("lacks the role");
  await host.stop();
});

test("without any token that is good, the app says so", async () => {
  azure.identity.fail({ expired: true }, 1_000);
  await start();
  await expect(host.fireTimer("detect")).rejects.toThrow(/Log Analytics: .*token/);
  await host.stop();
});

describe("a token is refused by each service", () => {
  const audiences = {
    "Log Analytics": clouds.public.logAnalytics.audience,
    "Microsoft Sentinel": clouds.public.resourceManager.audience,
    "Logs Ingestion": clouds.public.logsIngestion.audience,
    "state table": "https://storage.azure.com",
  } as const;
  type Service = keyof typeof audiences;

  /** One call of a service by a caller with these claims. */
  async function callWith(service: Service, claims: object): Promise<unknown> {
    const seconds = Math.floor(clock() / 1000);
    const tid = "00000000-0000-0000-0000-00000000c0de";
    const given = {
      aud: audiences[service],
      iss: `https://sts.windows.net/${tid}/`,
      tid,
      oid: "somebody",
      nbf: 0,
      iat: 0,
      exp: Math.max(seconds, Math.floor(Date.now() / 1000)) + 3_600,
      ...claims,
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "none" })}.${part(given)}.canary-token`;
    const expiresOnTimestamp = Date.now() + 3_600_000;
    const credential = { getToken: () => Promise.resolve({ token, expiresOnTimestamp }) };
    const common = {
      credential,
      audience: audiences[service],
      connection: { ...connection, tlsOptions: { ca: azure.certificate.cert } },
    };
    const { logs, sentinel, ingestion, azurite, settings } = azure;
    const range = { from: time("09:00"), to: time("09:10") };
    switch (service) {
      case "Log Analytics":
        return logAnalytics({ ...common, endpoint: logs.endpoint })(
          localWorkspace.workspaceId,
        ).candidates({ by: "ingested", range, users: null, shard: null }, never);
      case "Microsoft Sentinel":
        return sentinelIncidents({ ...common, endpoint: sentinel.url })(
          localWorkspace.resourceId,
        ).get("00000000-0000-4000-8000-000000000000");
      case "Logs Ingestion":
        return findingsLog({
          ...common,
          ...common.connection,
          endpoint: ingestion.url,
          ruleId: settings["FINDINGS_DCR_ID"] ?? "",
          stream: "Custom-MfaDenyFindings_CL",
          clock: { now: clock },
        }).noteMerge("a", "b");
      case "state table":
        return new TableState(
          connectTable(
            { tableServiceUri: azurite.tableUrl },
            "Roles",
            () => credential,
            common.connection,
          ),
          "x",
        ).open();
    }
  }

  test.each(Object.keys(audiences) as Service[])("%s, but not a good one", async (service) => {
    await callWith(service, {});
  });

  test.each<[Service, string]>([
    ["Log Analytics", "403 InvalidAuthenticationTokenAudience: the token or key was not accepted"],
    ["Microsoft Sentinel", "401 InvalidAuthenticationTokenAudience: the token was not accepted"],
    ["Logs Ingestion", "401 InvalidAuthenticationTokenAudience: the token was not accepted"],
    ["state table", "403 AuthenticationFailed: the token or key was not accepted"],
  ])("%s where it is for another one", async (service, problem) => {
    const error = await failureOf(callWith(service, { aud: "https://vault.azure.net" }));
    expect(error.message).toBe(`${service}: ${problem}`);
  });

  test.each<[Service, string]>([
    ["Log Analytics", "403 InvalidAuthenticationToken: the token or key was not accepted"],
    ["Microsoft Sentinel", "401 ExpiredAuthenticationToken: the token was not accepted"],
    ["Logs Ingestion", "401 ExpiredAuthenticationToken: the token was not accepted"],
    ["state table", "403 AuthenticationFailed: the token or key was not accepted"],
  ])("%s where it is of yesterday", async (service, problem) => {
    const exp = Math.floor(Math.min(clock(), Date.now()) / 1000) - 86_400;
    const error = await failureOf(callWith(service, { exp }));
    expect(error.message).toBe(`${service}: ${problem}`);
  });

  test.each<[Service, string]>([
    [
      "Log Analytics",
      "403 InsufficientAccessError: the identity lacks the role Microsoft Sentinel Responder",
    ],
    [
      "Microsoft Sentinel",
      "403 AuthorizationFailed: the identity lacks the role Microsoft Sentinel Responder",
    ],
    [
      "Logs Ingestion",
      "403 OperationFailed: the identity lacks the role Monitoring Metrics Publisher",
    ],
  ])("%s where its bearer has no role", async (service, problem) => {
    roles = [];
    const error = await failureOf(callWith(service, {}));
    expect(error.message).toBe(`${service}: ${problem}`);
  });
});
