/** Secrets, and what rows say of people, planted everywhere and looked for in everything that the app prints and answers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { composeApp } from "../../src/app.ts";
import { emulatorAccount } from "../../standins/azurite.ts";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import type { ServiceFault } from "../../standins/service/faults.ts";
import { close, listen } from "../../standins/service/listen.ts";
import { denied, row, time } from "../builders.ts";
import { bundleApp } from "../functions/appUnderTest.ts";
import { publish } from "../run/fakeLog.ts";
import { extent, timeLimitMs } from "./extent.ts";

vi.setConfig({ testTimeout: timeLimitMs });

/** None of these may appear outside of incidents and the state. */
const canaries = {
  user: "canary-user@contoso.com",
  userId: "ca9a0000-0000-4000-8000-00000000a0a0",
  address: "203.0.113.211",
  agent: "canary-agent/1.0",
  application: "canary-application",
  device: "canary-device",
  city: "canary-city",
  request: "canary-request",
  text: "canary-text of a service",
  functionKey: "canary-function-key",
  storageKey: Buffer.from("canary-storage-key").toString("base64"),
  signature: "canary-signature",
  accountKey: emulatorAccount.key,
} as const;

let now = time("09:30");
let setAt = performance.now();
const clock = () => now + performance.now() - setAt;
let app: Awaited<ReturnType<typeof bundleApp>>;
let azure: LocalAzure;
let host: FunctionsHost;
let tables = 0;

const refusalOf = (at: string) =>
  row({
    at,
    steps: [denied(at)],
    user: { name: canaries.user, id: canaries.userId },
    address: canaries.address,
    request: `${canaries.request}-${at}`,
    status: `MFA denied; ${canaries.text}`,
    fields: {
      UserAgent: canaries.agent,
      AppDisplayName: canaries.application,
      DeviceDetail: { displayName: canaries.device },
      LocationDetails: { city: canaries.city },
    },
  });

beforeAll(async () => {
  app = await bundleApp();
  azure = await startLocalAzure({ clock, main: app.main, storageOverHttps: true });
  const rows = ["09:00", "09:01", "09:02", "09:03", "09:04"].map(refusalOf);
  azure.logs.publish(localWorkspace.workspaceId, "SigninLogs", publish(rows));
}, 60_000);
afterAll(async () => {
  await azure.stop();
  await app.remove();
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  const table = { STATE_TABLE: `Canary${++tables}`, INCIDENT_SINKS: "sentinel,logs" };
  host = await azure.startHost({ ...table, ...settings });
  moveTo(time("09:30"));
}

function moveTo(at: number): void {
  now = at;
  setAt = performance.now();
  host.moveClock(now);
}

/** Fails if a text contains a canary. */
function expectNothingTold(...texts: readonly unknown[]): void {
  const whole = texts
    .map((each) =>
      typeof each === "string"
        ? each
        : inspect(each, {
            depth: null,
            showHidden: true,
            maxStringLength: null,
            maxArrayLength: null,
          }),
    )
    .join("\n");
  const told = Object.entries(canaries).filter(([, canary]) => whole.includes(canary));
  expect(told).toEqual([]);
  expect(whole).not.toMatch(/Bearer |eyJ[\w-]{20}|canary/i);
  expect(whole).not.toContain(azure.identity.env.IDENTITY_HEADER);
}

/** Everything that the app is asked, and all that it says to it. */
async function everything(): Promise<readonly unknown[]> {
  const keyed = { headers: { "x-functions-key": canaries.functionKey } };
  const range = { from: "2026-03-10T08:30:00Z", to: "2026-03-10T09:30:00Z" };
  const errors: unknown[] = [];
  const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => errors.push(error));
  await attempt(host.fireTimer("detect"));
  await attempt(host.fireTimer("maintenance"));
  const answers: string[] = [];
  const ask = async (request: Parameters<FunctionsHost["request"]>[0]) => {
    const response = await host.request({ ...request, ...keyed });
    const body = await response.text();
    answers.push(JSON.stringify([...response.headers]), body);
    return body;
  };
  const begun = await ask({ method: "POST", url: "/api/backfill", body: range });
  await attempt(host.queuesEmpty({ timeoutMs: timeLimitMs }));
  const { id = "none" } = (begun.startsWith("{") ? JSON.parse(begun) : {}) as { id?: string };
  await ask({ url: `/api/backfill/${id}` });
  await ask({ method: "DELETE", url: `/api/backfill/${id}?code=${canaries.functionKey}` });
  await ask({
    method: "POST",
    url: "/api/backfill",
    body: { from: canaries.user, rules: [canaries.text] },
  });
  await ask({ method: "POST", url: "/api/backfill", body: canaries.user.repeat(1_000) });
  await ask({ url: "/api/health" });
  return [host.logs, host.invocations, answers, errors];
}

test("secrets would be found, wherever they appear", () => {
  const error = new Error("x", { cause: { deep: [[[[canaries.address]]]] } });
  expect(() => expectNothingTold("well", error)).toThrow(canaries.address);
  expect(() => expectNothingTold(`Bearer ${"x".repeat(9)}`)).toThrow("Bearer");
});

test("nothing leaks in normal operation, and the incident has the details", async () => {
  await start();
  expectNothingTold(...(await everything()));
  expect(JSON.stringify(azure.sentinel.incidents())).toContain(canaries.user);
  await host.stop();
});

/** Begins a failure of a service; what it gives ends it. */
type Fail = () => () => void;

const always = { times: Infinity };
const message = `${canaries.text} ${canaries.user} Bearer canary`;

function ofLogs(fault: Parameters<LocalAzure["logs"]["fail"]>[0]): Fail {
  return () => {
    let isOn = true;
    azure.logs.fail(fault, { times: Infinity, match: () => isOn });
    return () => (isOn = false);
  };
}

function of(service: "sentinel" | "ingestion", fault: ServiceFault): Fail {
  return () => {
    azure[service].fail(fault, always);
    return () => azure[service].heal();
  };
}

function ofIdentity(fault: Parameters<LocalAzure["identity"]["fail"]>[0]): Fail {
  return () => {
    azure.identity.fail(fault, 1_000);
    return () => azure.identity.heal();
  };
}

const failures: readonly (readonly [string, Fail])[] = [
  ...(["malformed", "html", "cut", "partial"] as const).map(
    (kind) => [`the log's answer is ${kind}`, ofLogs({ kind })] as const,
  ),
  ...([400, 401, 403, 404] as const).map(
    (status) => [`the log answers ${status}`, ofLogs({ kind: "status", status })] as const,
  ),
  ...(["sentinel", "ingestion"] as const).flatMap((service) =>
    [400, 401, 403, 404, 409, 412].map(
      (status) => [`${service} answers ${status}`, of(service, { status, message })] as const,
    ),
  ),
  ["sentinel's answers are cut", of("sentinel", { malformed: true })],
  ["sentinel hangs up", of("sentinel", { cut: "after" })],
  ["no token is given", ofIdentity({ status: 400 })],
  ["all tokens are old", ofIdentity({ expired: true })],
];

test.each(failures.filter((_, n) => n % extent(20, 1, 11) === 0))(
  "nothing is told where %s",
  async (_, fail) => {
    await start();
    const end = fail();
    expectNothingTold(...(await everything()));
    end();
    await host.stop();
  },
);

/** As a service that repeats all that it was sent. */
function echo(status: number, type: string) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const body = `${await text(request)} ${JSON.stringify(request.headers)} ${request.url} ${message}`;
    response.writeHead(status, { "content-type": type, "x-ms-error-message": canaries.text });
    const error = { code: body, message: body, innererror: { code: body, message: body } };
    response.end(
      type === "text/html"
        ? `<p>${body}</p>`
        : JSON.stringify({ error, "odata.error": { code: body, message: { value: body } } }),
    );
  };
}

const echoes = [200, 400, 401, 403, 404, 409, 412, 413].flatMap((status) =>
  ["application/json", "text/html"].map((type) => [status, type] as const),
);

test.each(echoes.filter((_, n) => n % extent(14, 1, 9) === 0))(
  "nothing is told where all services answer %d as %s, and repeat what they were sent",
  async (status, type) => {
    const answer = echo(status, type);
    const server = createServer(azure.certificate, (request, response) => {
      void answer(request, response);
    });
    const url = `https://127.0.0.1:${await listen(server)}`;
    const real = { LOG_ANALYTICS_ENDPOINT: url, AZURE_RESOURCE_MANAGER_ENDPOINT: url };
    await start({ ...real, FINDINGS_ENDPOINT: url });
    const told = await everything();
    await host.stop();
    const key = `DefaultEndpointsProtocol=https;AccountName=canary;AccountKey=${canaries.storageKey};`;
    const queue = `QueueEndpoint=${azure.azurite.queueUrl};`;
    for (const storage of [
      `${key}TableEndpoint=${url};${queue}`,
      `TableEndpoint=${url}/;${queue}SharedAccessSignature=sv=2024&sig=${canaries.signature}`,
    ]) {
      await start({ STATE_STORAGE: storage });
      expectNothingTold(...told, ...(await everythingButQueues()));
      await host.stop();
    }
    await close(server);
  },
);

/** What is asked where storage fails, which the host itself needs for queues. */
async function everythingButQueues(): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  await host.fireTimer("detect").catch((error: unknown) => errors.push(error));
  const health = await (await host.request({ url: "/api/health" })).text();
  const range = { from: "2026-03-10T08:30:00Z", to: "2026-03-10T09:30:00Z" };
  const { status } = await host.request({ method: "POST", url: "/api/backfill", body: range });
  const logs = host.logs.filter(({ message: line }) => !line.includes("cannot be read"));
  return [logs, host.invocations, health, status, errors];
}

describe("a connection string that is wrong in some way is not repeated:", () => {
  const { storageKey: key, signature } = canaries;
  test.each([
    `DefaultEndpointsProtocol=ftp;AccountName=a;AccountKey=${key}`,
    `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${key};TableEndpoint=canary://${key}`,
    `DefaultEndpointsProtocol=https;AccountName=a b?${key};AccountKey=${key}`,
    `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${key};EndpointSuffix=${key} x`,
    `TableEndpoint=${signature};SharedAccessSignature=sig=${signature}`,
    `TableEndpoint=https://127.0.0.1:1/;SharedAccessSignature=sig=${signature}`,
    `AccountName=a;AccountKey=${key}`,
    key,
  ])("%s", async (storage) => {
    const problems: unknown[] = [];
    try {
      const { settings, stateOf, jobs } = composeApp({
        ...azure.settings,
        STATE_STORAGE: storage,
      });
      const [workspace] = settings.workspaces;
      if (workspace === undefined) {
        throw new Error("no workspace");
      }
      const short = AbortSignal.timeout(200);
      await Promise.race([stateOf(workspace).readProgress(), aborted(short)]);
      await jobs.read("x");
    } catch (error) {
      problems.push(error instanceof Error ? error.message : error, String(error));
    }
    expectNothingTold(...problems);
  });

  const aborted = (signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("late"))));
});
