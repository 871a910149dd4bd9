import { LogsQueryResultStatus, type LogsQueryPartialResult } from "@azure/monitor-query";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startLogService, type LogService } from "../../../standins/logService/startLogService.ts";
import { Turns } from "../../../standins/logService/turns.ts";
import { anyTime, at, clientOf, post, row, smallTables, workspace } from "./asking.ts";

let service: LogService;

beforeEach(async () => {
  service = await startLogService({ tables: smallTables, clock: () => at("12:00:00") });
  service.publish(
    workspace,
    "Prompts",
    [1, 2, 3, 4, 5].map((Code) => row("09:00:00", { Code })),
  );
});
afterEach(() => service.stop());

const query = "Prompts | project Code";
const ask = (retries = 0) => clientOf(service, retries).queryWorkspace(workspace, query, anyTime);
const statuses = () => service.requests.map(({ status }) => status);

describe("a status", () => {
  it.each([
    [400, "BadArgumentError"],
    [403, "InsufficientAccessError"],
    [404, "PathNotFoundError"],
    [429, "ThrottledError"],
    [500, "InternalServerError"],
    [503, "ServiceUnavailable"],
    [504, "GatewayTimeout"],
  ] as const)("%i reaches the caller as %s", async (status, code) => {
    service.fail({ kind: "status", status });
    await expect(ask()).rejects.toMatchObject({ name: "RestError", statusCode: status, code });
    await expect(ask()).resolves.toMatchObject({ status: LogsQueryResultStatus.Success });
  });

  it.each([500, 503, 504] as const)("%i is asked again by the client", async (status) => {
    service.fail({ kind: "status", status }, { times: 2 });
    await expect(ask(3)).resolves.toMatchObject({ status: LogsQueryResultStatus.Success });
    expect(statuses()).toEqual([status, status, 200]);
  });

  it("429 is asked again by the client only where it says when", async () => {
    service.fail({ kind: "status", status: 429, retryAfterS: 0 });
    await expect(ask(3)).resolves.toMatchObject({ status: LogsQueryResultStatus.Success });
    service.fail({ kind: "status", status: 429 });
    await expect(ask(3)).rejects.toMatchObject({ statusCode: 429 });
    expect(statuses()).toEqual([429, 200, 429]);
  });

  it.each([400, 401, 403, 404] as const)("%i is not asked again", async (status) => {
    service.fail({ kind: "status", status });
    await expect(ask(3)).rejects.toMatchObject({ statusCode: status });
    expect(statuses()).toEqual([status]);
  });
});

describe("an answer that is not whole", () => {
  it("comes as a partial result with half of the rows", async () => {
    service.fail({ kind: "partial" });
    const result = (await ask()) as LogsQueryPartialResult;
    expect(result.status).toBe(LogsQueryResultStatus.PartialFailure);
    expect(result.partialError.code).toBe("PartialError");
    expect(result.partialTables[0]?.rows).toEqual([[1], [2]]);
  });

  it("comes as a partial result when it was too large", async () => {
    service.fail({ kind: "oversize", maxRows: 3 }, { times: 2 });
    const result = (await ask()) as LogsQueryPartialResult;
    expect(result.status).toBe(LogsQueryResultStatus.PartialFailure);
    expect(result.partialTables[0]?.rows).toEqual([[1], [2], [3]]);
    const small = clientOf(service).queryWorkspace(workspace, `${query} | take 3`, anyTime);
    await expect(small).resolves.toMatchObject({ status: LogsQueryResultStatus.Success });
  });

  it("breaks off in the middle of the body", async () => {
    service.fail({ kind: "cut" });
    await expect(ask()).rejects.toMatchObject({ name: "RestError" });
  });

  it("is no JSON", async () => {
    service.fail({ kind: "malformed" });
    await expect(ask()).rejects.toMatchObject({ code: "PARSE_ERROR" });
  });

  it("is a page", async () => {
    service.fail({ kind: "html" });
    await expect(ask()).rejects.toThrow();
  });
});

describe("a slow answer", () => {
  it("comes late", async () => {
    service.fail({ kind: "slow", ms: 60 });
    const before = performance.now();
    await ask();
    expect(performance.now() - before).toBeGreaterThan(55);
  });

  it("that the client gave up on occupies no query any longer", async () => {
    const client = clientOf(service);
    service.fail({ kind: "slow", ms: 60_000 }, { times: 5 });
    const patience = new AbortController();
    const asked = Array.from({ length: 5 }, () =>
      client.queryWorkspace(workspace, query, anyTime, { abortSignal: patience.signal }),
    );
    await expect.poll(() => service.mostAtOnce(), { timeout: 20_000 }).toBe(5);
    patience.abort();
    await expect(Promise.allSettled(asked)).resolves.toMatchObject(
      Array.from({ length: 5 }, () => ({ status: "rejected" })),
    );
    await expect.poll(() => service.requests.length).toBe(5);
    await expect(ask()).resolves.toMatchObject({ status: LogsQueryResultStatus.Success });
  });
});

describe("a fault", () => {
  it("applies to matching requests: after some, as often as configured", async () => {
    service.fail({ kind: "status", status: 400 }, { after: 1, times: 2 });
    await Promise.allSettled([ask(), ask(), ask(), ask()]);
    expect(statuses().filter((status) => status === 400)).toHaveLength(2);
    expect(statuses()[0]).toBe(200);
  });

  it("befalls queries that match", async () => {
    service.fail(
      { kind: "status", status: 400 },
      { times: Infinity, match: (text) => text.includes("take") },
    );
    await expect(ask()).resolves.toBeDefined();
    const client = clientOf(service);
    for (let i = 0; i < 3; i++) {
      await expect(
        client.queryWorkspace(workspace, `${query} | take 1`, anyTime),
      ).rejects.toMatchObject({ statusCode: 400 });
    }
  });
});

describe("more queries at a time than the service runs", () => {
  it("wait for their turn, so that all are answered and never more than five run", async () => {
    service.fail({ kind: "slow", ms: 200 }, { times: 12 });
    // Each a query of its own: one that was answered before is answered from the cache.
    const client = clientOf(service);
    const asked = Array.from({ length: 12 }, (_, index) =>
      client.queryWorkspace(workspace, `${query} | take ${index + 1}`, anyTime),
    );
    await Promise.all(asked);
    expect(statuses()).toEqual(Array.from({ length: 12 }, () => 200));
    expect(service.mostAtOnce()).toBeLessThanOrEqual(5);
  });

  it("run five at a time, and the next one as soon as one has ended", async () => {
    const turns = new Turns(5, 60_000);
    const entered = Array.from({ length: 7 }, () => turns.enter("one"));
    expect(await Promise.all(entered.slice(0, 5))).toEqual([true, true, true, true, true]);
    expect(await turns.enter("another")).toBe(true);
    turns.leave("one");
    expect(await entered[5]).toBe(true);
    turns.leave("one");
    expect(await entered[6]).toBe(true);
    expect(turns.most).toBe(5);
  });

  it("are refused with 429 when their turn does not come in time", async () => {
    const busy = await startLogService({ clock: () => at("12:00:00"), queueMs: 50 });
    busy.fail({ kind: "slow", ms: 300 }, { times: 5 });
    const asked = Array.from({ length: 6 }, () => post(busy, { query: "print 1" }));
    const sent = (await Promise.all(asked)).map((reply) => reply.status);
    expect(sent.toSorted((x, y) => Number(x) - Number(y))).toEqual([200, 200, 200, 200, 200, 429]);
    await busy.stop();
  });

  it("are no more than five where each waits for one to end", async () => {
    service.fail({ kind: "slow", ms: 5 }, { times: Infinity });
    const lane = async () => {
      for (let i = 0; i < 6; i++) {
        await ask();
      }
    };
    await Promise.all(Array.from({ length: 5 }, lane));
    expect(new Set(statuses())).toEqual(new Set([200]));
  });
});
