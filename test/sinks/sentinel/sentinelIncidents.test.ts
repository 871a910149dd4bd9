import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Connection } from "../../../src/azure/connection.ts";
import { sentinelIncidents } from "../../../src/sinks/sentinel/sentinelIncidents.ts";
import {
  startSentinel,
  type Sentinel,
  type SentinelOptions,
} from "../../../standins/sentinel/startSentinel.ts";
import type { IncidentApi } from "../../../src/sinks/sentinel/incidentApi.ts";
import type { IncidentProperties } from "../../../src/sinks/sentinel/incidentBody.ts";
import { clouds } from "../../../src/settings/clouds.ts";
import { time } from "../../builders.ts";
import {
  certificate,
  connection,
  credential,
  failureOf,
  quick,
  secrets,
  startAnswering,
} from "../../azure/wire.ts";

const { audience } = clouds.public.resourceManager;
const resourceId =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/soc/providers" +
  "/Microsoft.OperationalInsights/workspaces/sentinel";
const id = "73e01a99-5cd7-5139-a149-9f2736ff2ab5";
const part = "73e01a99-5cd7-5139-a149-9f2736ff2ab6";

const properties: IncidentProperties = {
  title: `MFA push attack on ${secrets.user}`,
  description: secrets.text,
  severity: "Medium",
  status: "New",
  firstActivityTimeUtc: "2026-03-10T09:00:00.000Z",
  lastActivityTimeUtc: "2026-03-10T09:10:00.000Z",
  labels: [{ labelName: "explicit-mfa-deny" }],
};

let sentinel: Sentinel;
let identity: ReturnType<typeof credential>;
let api: IncidentApi;

async function start(options: Partial<SentinelOptions> = {}): Promise<void> {
  const clock = () => time("12:00:00");
  sentinel = await startSentinel({ ...certificate, clock, audiences: [audience], ...options });
  identity = credential();
  api = apiOf(sentinel.url);
}

function apiOf(endpoint: string, more: Connection = {}, whom: string = audience): IncidentApi {
  const options = { endpoint, audience: whom, credential: identity };
  return sentinelIncidents({ ...options, connection: { ...connection, ...more } })(resourceId);
}

/** In place of the one that every test begins with. */
async function restart(options: Partial<SentinelOptions> = {}): Promise<void> {
  await sentinel.stop();
  await start(options);
}

beforeEach(() => start());
afterEach(() => sentinel.stop());

/** What was asked of the service, and how it answered: `PUT 201`. */
function asked(): readonly string[] {
  return sentinel.requests.map(({ method, status }) => `${method} ${status}`);
}

async function stored(): Promise<{ properties: IncidentProperties; etag: string | null }> {
  const found = await api.get(id);
  if (found === null) {
    throw new Error("there is no incident");
  }
  return found;
}

const puts = { match: ({ method }: { method: string }) => method === "PUT" };
const everyPut = { ...puts, times: Infinity };

describe("an incident", () => {
  test("that is not there is null, and is created by a put without etag", async () => {
    expect(await api.get(id)).toBeNull();
    expect(await api.put(id, properties, null)).toBe(true);
    expect(await stored()).toMatchObject({ properties, etag: expect.any(String) });
    expect(asked()).toEqual(["GET 404", "PUT 201", "GET 200"]);
    const [{ path, query, headers }] = sentinel.requests as typeof sentinel.requests & [never];
    expect(path).toBe(`${resourceId}/providers/Microsoft.SecurityInsights/incidents/${id}`);
    expect(query).toEqual({ "api-version": "2025-09-01" });
    expect(headers["user-agent"]).toMatch(/^mfa-deny-detector /);
  });

  test("is changed where its etag fits, which travels in the body", async () => {
    await api.put(id, properties, null);
    const { properties: read, etag } = await stored();
    expect(await api.put(id, { ...read, severity: "High" }, etag)).toBe(true);
    expect((await stored()).properties.severity).toBe("High");
    expect(sentinel.requests.at(-2)?.body).toMatchObject({ etag });
  });

  test("keeps what an analyst did to it since it was read", async () => {
    await api.put(id, properties, null);
    const { properties: read, etag } = await stored();
    sentinel.edit(id, { status: "Active", owner: { assignedTo: "Ada" } });
    expect(await api.put(id, { ...read, severity: "High" }, etag)).toBe(false);
    expect(asked().at(-1)).toBe("PUT 409");
    expect(sentinel.incidents()[0]?.properties).toMatchObject({
      status: "Active",
      severity: "Medium",
      owner: { assignedTo: "Ada" },
    });
  });

  test.each([409, 412])("that %d is said of is in another state", async (status) => {
    sentinel.fail({ status }, { times: 2, ...puts });
    expect(await api.put(id, properties, null)).toBe(false);
    expect(await api.put(id, properties, '"etag"')).toBe(false);
    expect(asked()).toHaveLength(2);
  });

  test("that was deleted since it was read is in another state", async () => {
    sentinel.fail({ status: 404 });
    expect(await api.put(id, properties, '"etag"')).toBe(false);
  });

  test("cannot be created without the workspace, which is an error", async () => {
    await restart({ workspace: resourceId.replace("sentinel", "another") });
    for (const call of [api.get(id), api.put(id, properties, null), api.putComment(id, part, "")]) {
      const error = await failureOf(call);
      expect(error.message).toMatch(/^Microsoft Sentinel: 404 \w+: the workspace that SENTINEL_/);
      expect(error.retryable).toBe(false);
    }
  });

  test.each(["ResourceGroupNotFound", "SubscriptionNotFound"])(
    "is not missing because of a 404 %s",
    async (code) => {
      sentinel.fail({ status: 404, code });
      const { message } = await failureOf(api.get(id));
      expect(message).toContain(`404 ${code}: the workspace that SENTINEL_WORKSPACE_RESOURCE_ID`);
    },
  );

  test("in a workspace without Microsoft Sentinel says what to do", async () => {
    const said = `Workspace ${secrets.text} is not onboarded to Microsoft Sentinel.`;
    sentinel.fail({ status: 400, code: "BadRequest", message: said });
    const { message } = await failureOf(api.put(id, properties, null));
    expect(message).toMatch(/400 BadRequest: Microsoft Sentinel is not switched on .*az sentinel/);
  });
});

describe("comments and tasks", () => {
  beforeEach(() => api.put(id, properties, null));

  test("are written, and overwritten", async () => {
    await api.putComment(id, part, "one");
    await api.putComment(id, part, "two");
    expect(sentinel.comments(id)).toMatchObject([{ properties: { message: "two" } }]);
    expect(await api.taskIds(id)).toEqual(new Set());
    await api.putTask(id, part, { title: "Call", description: "the user", status: "New" });
    expect(await api.taskIds(id)).toEqual(new Set([part]));
  });

  test("of more than one page are all known, from the service that was asked alone", async () => {
    const urls: string[] = [];
    const pages = await startAnswering((message, response) => {
      urls.push(message.url ?? "");
      const isFirst = urls.length === 1;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          value: [{ name: isFirst ? "ONE" : "two" }],
          ...(isFirst && {
            nextLink: "https://elsewhere.example/tasks?api-version=1&$skipToken=1",
          }),
        }),
      );
    });
    expect(await apiOf(pages.url).taskIds(id)).toEqual(new Set(["one", "two"]));
    expect(urls[1]).toBe("/tasks?api-version=1&$skipToken=1");
    await pages.stop();
  });

  test("that are too long for the platform are cut, and say so", async () => {
    await api.putComment(id, part, "x".repeat(40_000));
    const message = sentinel.comments(id)[0]?.properties.message ?? "";
    expect(message.length).toBeLessThanOrEqual(30_000);
    expect(message.endsWith("[cut: too long]")).toBe(true);
    await api.putComment(id, part, "x".repeat(30_000));
    expect(sentinel.comments(id)[0]?.properties.message).toHaveLength(30_000);
  });

  test.each([404, 409, 412])("that are answered with %d are no success", async (status) => {
    const task = { title: "Call", description: secrets.text, status: "New" };
    for (const call of [
      () => api.putComment(id, part, secrets.text),
      () => api.taskIds(id),
      () => api.putTask(id, part, task),
    ]) {
      const match = ({ method, path }: { readonly method: string; readonly path: string }) =>
        method === "PUT" || path.endsWith("/tasks");
      sentinel.fail({ status, message: secrets.text }, { times: Infinity, match });
      const error = await failureOf(call());
      expect(error.message).toMatch(new RegExp(`^Microsoft Sentinel: ${status}( \\w+)?$`));
      sentinel.heal();
    }
  });

  test("that are answered with 409 now and then are written", async () => {
    const task = { title: "Call", description: "", status: "New" };
    sentinel.fail({ status: 409 }, { times: 3, match: ({ method }) => method === "PUT" });
    await api.putComment(id, part, "one");
    sentinel.fail({ status: 409 }, { times: 3, match: ({ method }) => method === "PUT" });
    await api.putTask(id, part, task);
    expect(sentinel.comments(id)).toHaveLength(1);
    expect(sentinel.tasks(id)).toHaveLength(1);
  });
});

test("the token is for the audience of the cloud, wherever the endpoint is", async () => {
  await api.get(id);
  expect(identity.scopes.flat()).toEqual(["https://management.azure.com/.default"]);
  const gov = apiOf(sentinel.url, {}, clouds.usgov.resourceManager.audience);
  expect((await failureOf(gov.get(id))).message).toBe(
    "Microsoft Sentinel: 401 InvalidAuthenticationTokenAudience: the token was not accepted",
  );
});

describe("what the service refuses", () => {
  const calls = [
    ["get", () => api.get(id)],
    ["create", () => api.put(id, properties, null)],
    ["change", () => api.put(id, properties, '"etag"')],
    ["comment", () => api.putComment(id, part, secrets.text)],
  ] as const;

  test.each(calls)("for want of a role names it (%s)", async (_, call) => {
    await restart({ allows: () => false });
    const error = await failureOf(call());
    expect([error.message, error.retryable]).toEqual([
      "Microsoft Sentinel: 403 AuthorizationFailed: the identity lacks the role Microsoft Sentinel Responder",
      false,
    ]);
    expect(asked()).toHaveLength(1);
  });

  test("for want of the right to write names the role, and was not created", async () => {
    await restart({ allows: (action) => action.endsWith("/read") });
    expect(await api.get(id)).toBeNull();
    expect((await failureOf(api.put(id, properties, null))).message).toContain("Responder");
    expect(sentinel.incidents()).toEqual([]);
  });

  test.each([
    [400, "Microsoft Sentinel: 400 BadRequest", false],
    [401, "Microsoft Sentinel: 401 ExpiredAuthenticationToken: the token was not accepted", true],
  ] as const)(
    "with %d is reported as that, without what it quotes",
    async (status, message, retryable) => {
      const code = status === 400 ? "BadRequest" : "ExpiredAuthenticationToken";
      for (const [, call] of calls) {
        sentinel.fail({ status, code, message: Object.values(secrets).join() }, { times: 2 });
        const error = await failureOf(call());
        expect([error.message, error.retryable]).toEqual([message, retryable]);
        sentinel.heal();
      }
    },
  );

  test("with a code that is a quotation is reported without it", async () => {
    sentinel.fail({ status: 400, code: `for ${secrets.user}: ${secrets.text}` });
    expect((await failureOf(api.get(id))).message).toBe("Microsoft Sentinel: 400");
  });
});

describe("what passes", () => {
  test.each([408, 429, 500, 502, 503, 504])("is tried again after %d", async (status) => {
    sentinel.fail({ status }, { times: 4 });
    expect(await api.get(id)).toBeNull();
    sentinel.fail({ status }, { times: 4, ...puts });
    expect(await api.put(id, properties, null)).toBe(true);
    const { etag } = await stored();
    sentinel.fail({ status }, { times: 4, ...puts });
    expect(await api.put(id, properties, etag)).toBe(true);
  });

  test.each([429, 500, 503])(
    "but does not, is reported as %d after five attempts",
    async (status) => {
      sentinel.fail({ status }, everyPut);
      const error = await failureOf(api.put(id, properties, null));
      expect(error.message).toMatch(new RegExp(`^Microsoft Sentinel: ${status}`));
      expect(error.retryable).toBe(true);
      expect(
        asked().filter((request) => request === `PUT ${status}`).length,
      ).toBeGreaterThanOrEqual(5);
      expect(sentinel.incidents()).toEqual([]);
    },
  );

  test("is waited for as long as the service says, however it is throttled", async () => {
    sentinel.fail({ status: 429, retryAfterSeconds: 1 }, puts);
    const begun = performance.now();
    expect(await api.put(id, properties, null)).toBe(true);
    expect(performance.now() - begun).toBeGreaterThan(990);
  });

  test.each(["before", "after"] as const)(
    "is tried again after a connection that was cut %s the service acted",
    async (cut) => {
      await api.put(id, properties, null);
      const { etag } = await stored();
      sentinel.fail({ cut }, puts);
      // Who hears nothing finds the etag stale, and has to look.
      expect(await api.put(id, { ...properties, severity: "High" }, etag)).toBe(cut === "before");
      expect((await stored()).properties.severity).toBe("High");
      sentinel.fail({ cut }, puts);
      await api.putComment(id, part, "once");
      expect(sentinel.comments(id)).toHaveLength(1);
    },
  );

  test("is tried again after an answer that came too late", async () => {
    const hasty = apiOf(sentinel.url, { timeoutMs: 100 });
    sentinel.fail({ slowMs: 2_000 });
    expect(await hasty.get(id)).toBeNull();
  });

  test("but always comes too late, is reported as timed out", async () => {
    const hasty = apiOf(sentinel.url, { timeoutMs: 20 });
    sentinel.fail({ slowMs: 2_000 }, { times: Infinity });
    const error = await failureOf(hasty.get(id));
    expect([error.message, error.retryable]).toEqual([
      "Microsoft Sentinel: timed out or was cancelled",
      true,
    ]);
  });

  test("is reported if nobody listens", async () => {
    await sentinel.stop();
    expect((await failureOf(api.get(id))).message).toBe(
      "Microsoft Sentinel: no usable answer (ECONNREFUSED)",
    );
    await restart();
  });
});

describe("a creation with an unknown result", () => {
  const faults = [
    ["was cut after the service acted", { cut: "after" }],
    ["timed out at a gateway after the service acted", { status: 504, acted: true }],
    ["was answered with half a body", { malformed: true }],
  ] as const;

  test.each(faults)("and that %s is looked up, and not sent again", async (_, fault) => {
    sentinel.fail(fault, puts);
    expect(await api.put(id, properties, null)).toBe(false);
    expect(asked().map((request) => request.split(" ")[0])).toEqual(["PUT", "GET"]);
    expect(await stored()).toMatchObject({ properties });
  });

  test("keeps what automation did to the incident meanwhile", async () => {
    sentinel.fail({ cut: "after" }, puts);
    const created = api.put(id, properties, null);
    await expect.poll(() => sentinel.incidents().length, { interval: 1 }).toBe(1);
    sentinel.edit(id, { owner: { assignedTo: "Ada" } });
    expect(await created).toBe(false);
    expect(sentinel.incidents()[0]?.properties.owner).toMatchObject({ assignedTo: "Ada" });
  });

  test.each([
    ["was cut before", { cut: "before" }],
    ["failed before", { status: 500 }],
  ] as const)("and that %s the service acted is sent again", async (_, fault) => {
    sentinel.fail(fault, puts);
    expect(await api.put(id, properties, null)).toBe(true);
    expect(asked().map((request) => request.split(" ")[0])).toEqual(["PUT", "GET", "PUT"]);
  });

  test("is given up after five attempts, and reported as what it was", async () => {
    sentinel.fail({ cut: "before" }, everyPut);
    const error = await failureOf(api.put(id, properties, null));
    expect(error.message).toMatch(/^Microsoft Sentinel: no usable answer \(\w+\)$/);
    expect(asked().filter((request) => request.startsWith("PUT"))).toHaveLength(quick.attempts);
  });

  test("and cannot be looked up either is reported", async () => {
    sentinel.fail({ cut: "after" }, puts);
    sentinel.fail(
      { status: 403, code: "AuthorizationFailed" },
      { match: ({ method }) => method === "GET" },
    );
    expect((await failureOf(api.put(id, properties, null))).message).toContain("Responder");
  });
});

describe("an answer that makes no sense", () => {
  test("because it is truncated is reported, without its content", async () => {
    await api.put(id, properties, null);
    sentinel.fail({ malformed: true });
    const error = await failureOf(api.get(id));
    expect([error.message, error.retryable]).toEqual([
      "Microsoft Sentinel: 200 with a body that is not JSON",
      true,
    ]);
  });

  test.each([
    ["a page of a proxy", 200, `<p>${secrets.text}</p>`, /200 with a body that is not JSON$/],
    [
      "an incident without etag",
      200,
      `{"properties":{"title":"${secrets.text}"}}`,
      /without properties or etag$/,
    ],
    ["a text", 200, `"${secrets.text}"`, /without properties or etag$/],
    ["nothing", 200, "", /without properties or etag$/],
    ["a refusal by a proxy", 403, `<p>${secrets.text}</p>`, /403: the identity lacks the role/],
    ["a failure of a proxy", 502, `<p>${secrets.text}</p>`, /Sentinel: 502$/],
    ["a refusal without a word", 400, "", /Sentinel: 400$/],
  ])("(%s) is reported as what it is", async (_, status, body, expected) => {
    const strange = await startAnswering((_message, response) => {
      response.writeHead(status, { "content-type": "text/html" });
      response.end(body);
    });
    const error = await failureOf(apiOf(strange.url).get(id));
    expect(error.message).toMatch(expected);
    await strange.stop();
  });

  test("because it stops in the middle and never goes on is given up on", async () => {
    const stalling = await startAnswering((_message, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write(`{"properties": {"title": "${secrets.text}`);
    });
    const retries = { ...quick, attempts: 2 };
    const error = await failureOf(apiOf(stalling.url, { timeoutMs: 100, retries }).get(id));
    expect(error.retryable).toBe(true);
    await stalling.stop();
  });
});
