import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { candidateColumns } from "../../../src/logs/azure/columns.ts";
import type { Connection } from "../../../src/azure/connection.ts";
import { logAnalytics, queriesAtOnce } from "../../../src/logs/azure/logAnalytics.ts";
import { pageRows } from "../../../src/logs/azure/renderQuery.ts";
import { audienceOf } from "../../../standins/identity.ts";
import { startLogService, type LogService } from "../../../standins/logService/startLogService.ts";
import type { LogQuery, SignInSource } from "../../../src/run/ports.ts";
import { clouds } from "../../../src/settings/clouds.ts";
import { alice, approved, denialRow, row, time, workspaceId } from "../../builders.ts";
import {
  certificate,
  connection,
  credential,
  failureOf,
  never,
  quick,
  secrets,
  startAnswering,
} from "../../azure/wire.ts";

const { audience } = clouds.public.logAnalytics;
const now = time("12:00:00.250");

let service: LogService;
let identity: ReturnType<typeof credential>;
let source: SignInSource;

beforeEach(async () => {
  service = await startLogService({
    clock: () => now,
    certificate,
    accepts: (token) => audienceOf(token) === audience,
  });
  identity = credential();
  source = sourceOf(service.endpoint);
});
afterEach(() => service.stop());

function sourceOf(endpoint: string, more: Connection = {}, whom: string = audience): SignInSource {
  const options = { endpoint, audience: whom, credential: identity };
  return logAnalytics({ ...options, connection: { ...connection, ...more } })(workspaceId);
}

const query: LogQuery = {
  by: "ingested",
  range: { from: time("09:00:00"), to: time("10:00:00") },
  users: [secrets.user],
  shard: null,
};
const everybody: LogQuery = { ...query, users: null };

function publish(...rows: readonly Readonly<Record<string, unknown>>[]): void {
  const publications = rows.map((each) => ({ publishedAt: time("09:30:00"), row: each }));
  service.publish(workspaceId, "SigninLogs", publications);
}

/** A row that holds what no error may tell. */
const secretRow = denialRow("09:20:00", {
  user: { name: secrets.user, id: alice.id },
  fields: { UserAgent: secrets.text, AppDisplayName: secrets.text },
});

describe("a whole answer", () => {
  test("has the rows and the service's own time", async () => {
    publish(denialRow("09:20:00"));
    const answer = await source.candidates(everybody, never);
    expect(answer).toMatchObject({ kind: "whole", servedAt: now });
    expect(answer.kind === "whole" && answer.rows).toMatchObject([
      {
        UserPrincipalName: alice.name,
        CreatedDateTime: "2026-03-10T09:20:00.0000000Z",
        IsInteractive: true,
        Status: expect.stringContaining('"errorCode":500121'),
        AuthenticationDetails: expect.stringContaining("user declined"),
      },
    ]);
  });

  test("has the service's own time even without rows", async () => {
    service.publish(workspaceId, "AADNonInteractiveUserSignInLogs", [
      { publishedAt: time("09:30:00"), row: { UserId: "u" } },
    ]);
    const empty = { kind: "whole", rows: [], servedAt: now };
    const seen = { rows: 0, newestAt: null };
    expect(await source.candidates(everybody, never)).toEqual({ ...empty, seen });
    expect(await source.approvals(everybody, never)).toEqual(empty);
  });

  test("says how many rows of any kind the range has, and how new the newest is", async () => {
    // The newest by the time at which it was logged, not at which it happened.
    publish(
      denialRow("09:20:00", { published: "09:29:00" }),
      row({ at: "09:25:00", published: "09:27:00", resultType: "0" }),
    );
    expect(await source.candidates(everybody, never)).toMatchObject({
      seen: { rows: 2, newestAt: time("09:29:00") },
    });
    // Of a few users nobody wants to know.
    expect(await source.candidates(query, never)).toMatchObject({ seen: { rows: 0 } });
  });

  test("is what a workspace without any data gives (204), at the time in its header", async () => {
    const empty = { kind: "whole", rows: [], servedAt: time("12:00:00") };
    expect(await source.candidates(everybody, never)).toEqual(empty);
    expect(service.requests.map(({ status }) => status)).toEqual([204]);
  });

  test("is never one from the service's cache of two minutes", async () => {
    publish(denialRow("09:20:00"));
    await source.candidates(everybody, never);
    publish(denialRow("09:21:00"));
    const answer = await source.candidates(everybody, never);
    expect(answer.kind === "whole" && answer.rows).toHaveLength(2);
  });

  test("leaves out what has no value", async () => {
    publish({
      TimeGenerated: "2026-03-10T09:20:00Z",
      ResultType: "500121",
      UserPrincipalName: alice.name,
    });
    const answer = await source.candidates(everybody, never);
    expect(answer.kind === "whole" && answer.rows).toEqual([
      {
        TimeGenerated: "2026-03-10T09:20:00.0000000Z",
        ResultType: "500121",
        UserPrincipalName: alice.name,
        ...Object.fromEntries(
          ["Id", "OriginalRequestId", "AADTenantId", "UserId", "UserType", "IPAddress"]
            .concat(["AppDisplayName", "AppId", "UserAgent", "Location", "AuthenticationDetails"])
            .map((name) => [name, ""]),
        ),
      },
    ]);
  });

  test("is of the one workspace that was asked for", async () => {
    publish(denialRow("09:20:00"));
    const options = { endpoint: service.endpoint, audience, credential: identity, connection };
    const elsewhere = logAnalytics(options)("00000000-0000-0000-0000-0000000000ab");
    expect(await elsewhere.candidates(everybody, never)).toMatchObject({ rows: [] });
    expect(service.requests.map((request) => request.workspaceId)).toEqual([
      "00000000-0000-0000-0000-0000000000ab",
    ]);
  });

  test("to the second question has only approvals", async () => {
    publish(
      denialRow("09:20:00"),
      row({ at: "09:21:00", resultType: "0", steps: [approved("09:21:00")] }),
    );
    const answer = await source.approvals(everybody, never);
    expect(answer).toMatchObject({ rows: [{ ResultType: "0" }] });
  });
});

test("the token is for the audience of the cloud, wherever the endpoint is", async () => {
  await source.candidates(everybody, never);
  expect(identity.scopes.flat()).toEqual(["https://api.loganalytics.io/.default"]);
  const { audience: gov } = clouds.usgov.logAnalytics;
  const refused = sourceOf(service.endpoint, {}, gov).candidates(everybody, never);
  expect((await failureOf(refused)).message).toBe(
    "Log Analytics: 403 InvalidAuthenticationTokenAudience: the token or key was not accepted",
  );
});

describe("an answer that is not whole", () => {
  test("is partial, whatever rows it has", async () => {
    publish(secretRow, secretRow);
    service.fail({ kind: "partial" });
    const answer = await source.candidates(everybody, never);
    expect(answer).toEqual({ kind: "partial", reason: "PartialError" });
  });

  test("because of the service's limit is partial", async () => {
    publish(secretRow, secretRow);
    service.fail({ kind: "oversize", maxRows: 1 });
    const answer = await source.candidates(everybody, never);
    expect(answer).toEqual({ kind: "partial", reason: "PartialError" });
  });

  test("because of our own limit is partial, and one row less is whole", async () => {
    const rows = Array.from({ length: pageRows }, () => ({ ResultType: "500121", UserId: "u" }));
    publish(...rows);
    expect(await source.candidates(everybody, never)).toMatchObject({ kind: "whole" });
    publish(...rows.slice(0, 5));
    expect(await source.candidates(everybody, never)).toEqual({
      kind: "partial",
      reason: `more than ${pageRows} rows`,
    });
    expect(service.requests.at(-1)?.rows).toBe(pageRows + 3);
  });
});

describe("what the service refuses", () => {
  test.each([
    [400, "Log Analytics: 400 BadArgumentError", false],
    [401, "Log Analytics: 401 AuthenticationFailed: the token was not accepted", true],
    [
      403,
      "Log Analytics: 403 InsufficientAccessError: the identity lacks the role Microsoft Sentinel Responder",
      false,
    ],
    [404, "Log Analytics: 404 PathNotFoundError", false],
  ] as const)("with %d is reported as that, at once", async (status, message, retryable) => {
    service.fail({ kind: "status", status }, { times: Infinity });
    const error = await failureOf(source.candidates(query, never));
    expect([error.message, error.retryable, error.service]).toEqual([
      message,
      retryable,
      "Log Analytics",
    ]);
    expect(service.requests).toHaveLength(1);
  });

  test("because the table is missing is reported with every code and what to do", async () => {
    publish(secretRow);
    service.disconnect(workspaceId, "SigninLogs");
    const error = await failureOf(source.candidates(query, never));
    expect([error.message, error.retryable]).toEqual([
      "Log Analytics: 400 BadArgumentError SemanticError SEM0100: the workspace has no table SigninLogs: " +
        "send it there with a diagnostic setting of Microsoft Entra ID (needs Entra ID P1), " +
        "and check that the table is on the Analytics plan",
      false,
    ]);
  });

  test("because the table is on another plan is reported as that", async () => {
    publish(secretRow);
    service.makeBasic("SigninLogs");
    expect((await failureOf(source.candidates(query, never))).message).toBe(
      "Log Analytics: 400 BadArgumentError UnsupportedApiQueryValidationError: the table is on the Basic, " +
        "Auxiliary or data lake plan, which this API cannot query; set it to the Analytics plan",
    );
  });

  test("explicitly, without the query that it quotes", async () => {
    const broken = { ...query, users: [`${secrets.user}"`] };
    service.fail({ kind: "status", status: 400 });
    expect((await failureOf(source.approvals(broken, never))).message).toBe(
      "Log Analytics: 400 BadArgumentError",
    );
  });
});

describe("what passes", () => {
  test.each([429, 500, 503, 504] as const)("is tried again after %d", async (status) => {
    publish(denialRow("09:20:00"));
    service.fail({ kind: "status", status }, { times: 4 });
    expect(await source.candidates(everybody, never)).toMatchObject({ rows: [{}] });
    expect(service.requests.map((request) => request.status)).toEqual([
      ...Array.from({ length: 4 }, () => status),
      200,
    ]);
  });

  test.each([
    [429, "Log Analytics: 429 ThrottledError: throttled"],
    [500, "Log Analytics: 500 InternalServerError"],
    [503, "Log Analytics: 503 ServiceUnavailable"],
    [504, "Log Analytics: 504 GatewayTimeout"],
  ] as const)("but does not, is reported as %d after five attempts", async (status, message) => {
    service.fail({ kind: "status", status }, { times: Infinity });
    const error = await failureOf(source.candidates(query, never));
    expect([error.message, error.retryable]).toEqual([message, true]);
    expect(service.requests).toHaveLength(5);
  });

  test("is waited for as long as the service says", async () => {
    service.fail({ kind: "status", status: 429, retryAfterS: 1 });
    const begun = performance.now();
    expect(await source.candidates(everybody, never)).toMatchObject({ kind: "whole" });
    expect(performance.now() - begun).toBeGreaterThan(990);
  });

  test("is not waited for when the service asks for too much", async () => {
    service.fail({ kind: "status", status: 429, retryAfterS: 3 });
    const begun = performance.now();
    const error = await failureOf(source.candidates(query, never));
    expect(error.message).toBe("Log Analytics: 429 ThrottledError: throttled");
    expect(performance.now() - begun).toBeLessThan(900);
  });

  test("is tried again after an answer that was cut in the middle", async () => {
    publish(denialRow("09:20:00"));
    service.fail({ kind: "cut" }, { times: 4 });
    expect(await source.candidates(everybody, never)).toMatchObject({ rows: [{}] });
  });

  test("but is always cut, is reported as no usable answer", async () => {
    publish(secretRow);
    service.fail({ kind: "cut" }, { times: Infinity });
    const error = await failureOf(source.candidates(query, never));
    expect(error.message).toMatch(/^Log Analytics: no usable answer \(\w+\)$/);
    expect(error.retryable).toBe(true);
    expect(service.requests).toHaveLength(5);
  });

  test("is tried again after an attempt that took too long", async () => {
    service.fail({ kind: "slow", ms: 30_000 });
    const hasty = sourceOf(service.endpoint, { timeoutMs: 150 });
    expect(await hasty.candidates(everybody, never)).toMatchObject({ kind: "whole" });
  });

  test("but always takes too long, is reported as timed out", async () => {
    service.fail({ kind: "slow", ms: 30_000 }, { times: Infinity });
    const hasty = sourceOf(service.endpoint, { timeoutMs: 30 });
    const error = await failureOf(hasty.candidates(query, never));
    expect([error.message, error.retryable]).toEqual([
      "Log Analytics: timed out or was cancelled",
      true,
    ]);
  });

  test("is tried again where nobody listens, and then reported", async () => {
    await service.stop();
    const error = await failureOf(source.candidates(query, never));
    expect(error.message).toBe("Log Analytics: no usable answer (ECONNREFUSED)");
    expect(error.retryable).toBe(true);
  });
});

describe("an answer that makes no sense", () => {
  test.each(["malformed", "html"] as const)("(%s) is reported as none", async (kind) => {
    publish(secretRow);
    service.fail({ kind }, { times: Infinity });
    const error = await failureOf(source.candidates(query, never));
    expect(error.message).toMatch(/^Log Analytics: no usable answer/);
    expect(error.retryable).toBe(true);
  });

  const columns = [{ name: "ServedAt", type: "datetime" }];
  const wholeTable = {
    name: "PrimaryResult",
    columns: Object.entries(candidateColumns)
      .map(([name, type]) => ({ name, type }))
      .toSorted((a, b) => Number(b.name === "ServedAt") - Number(a.name === "ServedAt")),
  };
  test.each([
    ["an empty object", {}, /lacks the column/],
    ["no table", { tables: [] }, /lacks the column/],
    ["another table", { tables: [{ name: "T", columns, rows: [] }] }, /lacks the column/],
    ["a text", "canary-text", /lacks the column/],
    ["a time that is none", { tables: [{ ...wholeTable, rows: [["soon"]] }] }, /service's time/],
    ["rows that are none", { tables: [{ ...wholeTable, rows: 7 }] }, /no usable answer/],
    ["null", null, /no usable answer/],
  ])("(%s) is reported as none", async (_, body, expected) => {
    const strange = await startAnswering((_message, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    const error = await failureOf(sourceOf(strange.url).candidates(query, never));
    expect(error.message).toMatch(expected);
    await strange.stop();
  });

  test("because it stops in the middle and never goes on is given up on", async () => {
    let requests = 0;
    const stalling = await startAnswering((_message, response) => {
      requests++;
      response.writeHead(200, { "content-type": "application/json" });
      response.write(`{"tables": ["${secrets.text}`);
    });
    const retries = { ...quick, attempts: 2 };
    const hasty = sourceOf(stalling.url, { timeoutMs: 100, retries });
    const error = await failureOf(hasty.candidates(query, never));
    expect([requests, error.retryable]).toEqual([2, true]);
    await stalling.stop();
  });
});

describe("cancellation", () => {
  test("ends a query that is under way, with the reason that was given", async () => {
    service.fail({ kind: "slow", ms: 30_000 });
    const ending = new AbortController();
    const asked = source.candidates(query, ending.signal);
    setTimeout(() => ending.abort(new Error("the host stops")), 50);
    const begun = performance.now();
    await expect(asked).rejects.toThrow("the host stops");
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  test("ends the wait for another attempt", async () => {
    service.fail({ kind: "status", status: 429, retryAfterS: 2 });
    const ending = new AbortController();
    const asked = source.candidates(query, ending.signal);
    setTimeout(() => ending.abort(), 100);
    const begun = performance.now();
    await expect(asked).rejects.toThrow(/abort/);
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(service.requests).toHaveLength(1);
  });

  test("before the first request sends none, and keeps nobody else waiting", async () => {
    const many = Array.from({ length: 9 }, () => source.candidates(query, AbortSignal.abort()));
    for (const each of many) {
      await expect(each).rejects.toThrow(/abort/);
    }
    expect(service.requests).toEqual([]);
    expect(await source.candidates(everybody, never)).toMatchObject({ kind: "whole" });
  });
});

describe("queries at once", () => {
  test("are two at most, over all workspaces, and all are answered", async () => {
    let running = 0;
    let most = 0;
    const bodies: string[] = [];
    const counting = await startAnswering((message, response) => {
      most = Math.max(most, ++running);
      message.resume();
      setTimeout(() => {
        running--;
        bodies.push(message.url ?? "");
        response.writeHead(403, { "content-type": "application/json" });
        response.end("{}");
      }, 30);
    });
    const options = { endpoint: counting.url, audience, credential: identity, connection };
    const open = logAnalytics(options);
    const asked = Array.from({ length: 20 }, (_, n) => {
      const of = open(`00000000-0000-0000-0000-00000000000${n % 5}`);
      return failureOf(n % 2 ? of.approvals(query, never) : of.candidates(query, never));
    });
    expect(await Promise.all(asked)).toHaveLength(20);
    expect([most, bodies.length]).toEqual([2, 20]);
    await counting.stop();
  });

  test("let the next one in when one fails", async () => {
    service.fail({ kind: "status", status: 400 }, { times: 6 });
    const asked = Array.from({ length: 12 }, () => source.candidates(everybody, never));
    const kinds = (await Promise.allSettled(asked)).map(({ status }) => status);
    expect(kinds.filter((kind) => kind === "fulfilled")).toHaveLength(6);
  });
});

test("no token is reported as that, and asks for none of the service", async () => {
  const without = {
    getToken: () =>
      Promise.reject(
        Object.assign(new Error("no identity here"), { name: "CredentialUnavailableError" }),
      ),
  };
  const options = { endpoint: service.endpoint, audience, credential: without, connection };
  const error = await failureOf(logAnalytics(options)(workspaceId).candidates(query, never));
  expect(error.message).toBe(
    "Log Analytics: no token was given for the identity (AZURE_CLIENT_ID?)",
  );
  expect(service.requests).toEqual([]);
});

test("functions that may run in processes of their own ask no more at once than an identity may", () => {
  expect(Object.values(queriesAtOnce).reduce((sum, each) => sum + each, 0)).toBe(5);
});
