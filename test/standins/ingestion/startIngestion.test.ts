import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { json } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  readRows,
  shippedRule,
  shippedTables,
} from "../../../standins/ingestion/collectionRule.ts";
import { time } from "../../builders.ts";
import {
  ruleId,
  startFindingsTable,
  stream,
  told,
  type FindingsBench,
} from "../../sinks/findings/findingsTable.ts";
import { certificate } from "../../azure/wire.ts";

let bench: FindingsBench;
beforeEach(async () => {
  bench = await startFindingsTable(time("10:00"));
});
afterEach(() => bench.stop());

const row = { TimeGenerated: "2026-03-10T09:59:00Z", FindingId: "a", Revision: 1 };
const path = `/dataCollectionRules/${ruleId}/streams/${stream}?api-version=2023-01-01`;

/** A plain request, to see what is really answered. */
async function post(body: unknown, more: { path?: string; token?: string; gzip?: boolean } = {}) {
  const { token = "", gzip = true } = more;
  const bearer = token || (await bench.identity.getToken("https://monitor.azure.com")).token;
  const sent = request(`${bench.ingestion.url}${more.path ?? path}`, {
    method: "POST",
    ca: certificate.cert,
    headers: {
      "content-type": "application/json",
      ...(token === "none" ? {} : { authorization: `Bearer ${bearer}` }),
      ...(gzip ? { "content-encoding": "gzip" } : {}),
    },
  });
  const text = typeof body === "string" ? body : JSON.stringify(body);
  sent.end(gzip ? gzipSync(text) : text);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const isEmpty = response.statusCode === 204;
  if (isEmpty) {
    response.resume();
  }
  const answer = isEmpty ? null : ((await json(response)) as { error: { code: string } });
  return { status: response.statusCode, code: answer?.error.code, headers: response.headers };
}

const arrived = () => bench.query("MfaDenyFindings_CL | project FindingId, Revision");

describe("the stand-in", () => {
  test("takes rows, packed or not, into the table that the rule names, and says what it is", async () => {
    expect(await post([row])).toMatchObject({
      status: 204,
      headers: { "x-stand-in": "ingestion" },
    });
    expect((await post([{ ...row, FindingId: "b" }], { gzip: false })).status).toBe(204);
    expect(arrived().map(({ FindingId }) => FindingId)).toEqual(["a", "b"]);
  });

  test.each([
    ["no token", [row], { token: "none" }, 401, "AuthenticationFailed"],
    [
      "a token for nothing",
      [row],
      { token: "e30.e30.x" },
      401,
      "InvalidAuthenticationTokenAudience",
    ],
    ["another rule", [row], { path: path.replace("0a0a", "0b0b") }, 404, "NotFound"],
    ["another stream", [row], { path: path.replace("Findings", "Others") }, 400, "BadRequest"],
    ["no api-version", [row], { path: path.replace(/\?.*/, "") }, 400, "BadRequest"],
    ["no array", row, {}, 400, "InvalidPayload"],
    ["no JSON", "[", {}, 400, "InvalidPayload"],
    [
      "more than 1 MB",
      [{ ...row, Title: "x".repeat(1_048_576) }],
      {},
      413,
      "ContentLengthLimitExceeded",
    ],
  ] as const)("refuses %s", async (_, body, more, status, code) => {
    expect(await post(body, more)).toMatchObject({ status, code });
    expect(arrived()).toEqual([]);
  });

  test("refuses who may not", async () => {
    await bench.stop();
    bench = await startFindingsTable(time("10:00"), { allows: () => false });
    expect(await post([row])).toMatchObject({ status: 403, code: "OperationFailed" });
  });

  test("does not transform", async () => {
    const rule = structuredClone(shippedRule());
    const [flow] = rule.properties.dataFlows;
    Object.assign(flow ?? {}, { transformKql: "source | where true" });
    await bench.stop();
    bench = await startFindingsTable(time("10:00"), { rule });
    expect((await post([row])).status).toBe(400);
  });

  test("fails as configured, before and after acting", async () => {
    bench.ingestion.fail({ status: 500 });
    bench.ingestion.fail({ status: 504, acted: true });
    expect((await post([row])).status).toBe(500);
    expect(arrived()).toEqual([]);
    expect((await post([row])).status).toBe(504);
    expect(arrived()).toHaveLength(1);
    bench.ingestion.fail({ cut: "before" });
    await expect(post([row])).rejects.toThrow("hang up");
    bench.ingestion.fail({ status: 500 });
    bench.ingestion.heal();
    expect((await post([row])).status).toBe(204);
    expect(bench.ingestion.uploads.map(({ status }) => status)).toEqual([500, 504, 0, 204]);
  });

  test("delivers a row as often and as late as configured", async () => {
    await bench.stop();
    bench = await startFindingsTable(time("10:00"), {
      arrivals: ({ FindingId }) => (FindingId === "a" ? [120_000, 60_000] : [0]),
    });
    await post([row, { ...row, FindingId: "b" }]);
    expect(arrived()).toHaveLength(1);
    bench.moveTo(time("10:01"));
    expect(arrived()).toHaveLength(2);
    bench.moveTo(time("10:02"));
    const query = "MfaDenyFindings_CL | project FindingId, At = ingestion_time()";
    expect(bench.query(query).map((each) => told(each, "FindingId", "At"))).toEqual([
      "b 2026-03-10T10:00:00.0000000Z",
      "a 2026-03-10T10:01:00.0000000Z",
      "a 2026-03-10T10:02:00.0000000Z",
    ]);
  });
});

describe("rows", () => {
  const columns = [
    { name: "TimeGenerated", type: "datetime" },
    { name: "S", type: "string" },
    { name: "I", type: "int" },
    { name: "L", type: "long" },
    { name: "R", type: "real" },
    { name: "B", type: "boolean" },
    { name: "D", type: "dynamic" },
  ];
  const good = { TimeGenerated: row.TimeGenerated, S: "a", I: 1, L: 2, R: 0.5, B: true, D: [1] };

  test("fit their columns, or are null", () => {
    const empty = { TimeGenerated: row.TimeGenerated, S: null, I: null, D: null };
    expect(readRows([good, empty], columns)).toEqual({ rows: [good, empty] });
  });

  test.each([
    [{ S: 1 }, "The column S is string."],
    [{ I: 1.5 }, "The column I is int."],
    [{ L: "2" }, "The column L is long."],
    [{ R: "x" }, "The column R is real."],
    [{ B: "true" }, "The column B is boolean."],
    [{ TimeGenerated: "yesterday" }, "The column TimeGenerated is datetime."],
    [{ TimeGenerated: null }, "TimeGenerated is missing."],
    [{ Other: 1 }, "The stream has no column Other."],
  ])("are refused as %j", (wrong, problem) => {
    expect(readRows([{ ...good, ...wrong }], columns)).toEqual({ problem });
  });

  test("of no object are refused", () => {
    expect(readRows([[]], columns)).toEqual({ problem: "The body is not a JSON array." });
  });
});

test("the shipped table is one of the log service", () => {
  expect(shippedTables()).toMatchObject({
    MfaDenyFindings_CL: { TimeGenerated: "datetime", Guest: "bool", IPAddresses: "dynamic" },
  });
});
