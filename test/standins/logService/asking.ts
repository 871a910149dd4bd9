import { once } from "node:events";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import {
  LogsQueryClient,
  type LogsQueryClientOptions,
  type QueryTimeInterval,
} from "@azure/monitor-query";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { TableSchema } from "../../../standins/logService/columns.ts";
import { datetimeOf } from "../../../standins/logService/datetime.ts";
import { createAnalyser } from "../../../standins/logService/kusto.ts";
import { runQuery } from "../../../standins/logService/runQuery.ts";
import type { LogService } from "../../../standins/logService/startLogService.ts";
import { createStore } from "../../../standins/logService/store.ts";
import { builtInTables } from "../../../standins/logService/tables.ts";
import type { Value } from "../../../standins/logService/values.ts";

export const workspace = "11111111-1111-1111-1111-111111111111";

/** Small tables, so that a test can show whole rows. */
export const smallTables: Readonly<Record<string, TableSchema>> = {
  Prompts: {
    TimeGenerated: "datetime",
    User: "string",
    Code: "long",
    Fresh: "bool",
    Detail: "string",
    Status: "dynamic",
  },
  Reports: { TimeGenerated: "datetime", User: "string", Status: "string" },
};

const analyser = createAnalyser({ ...builtInTables, ...smallTables });

/** "09:00:13" of the day of all tests, in epoch milliseconds. */
export function at(time: string): number {
  return Date.parse(`2026-11-20T${time}Z`);
}

/** A row that was published the moment it was generated, or when `published` says. */
export function row(time: string, fields: Readonly<Record<string, unknown>>, published = time) {
  return { publishedAt: at(published), row: { TimeGenerated: at(time), ...fields } };
}

export interface Given {
  readonly [table: string]: readonly ReturnType<typeof row>[];
}

/** Executes a query without a server. */
export function rowsOf(
  query: string,
  given: Given = {},
  now = "23:59:59",
  missing: readonly string[] = [],
) {
  const store = createStore({ ...builtInTables, ...smallTables });
  for (const [table, rows] of Object.entries(given)) {
    store.add(workspace, table, rows);
  }
  const question = {
    query,
    workspaceIds: [workspace],
    timespan: undefined,
    missing: (_: string, table: string) => missing.includes(table),
  };
  const { columns, rows } = runQuery({ ...question, now: datetimeOf(at(now)) }, analyser, store);
  return { names: columns.map(({ name }) => name), rows: rows.map(({ values }) => values) };
}

/** The value of one scalar expression, on one row where the expression needs some. */
export function valueOf(expression: string, fields?: Readonly<Record<string, unknown>>): Value {
  const query =
    fields === undefined ? `print ${expression}` : `Prompts | project X = ${expression}`;
  const { rows } = rowsOf(
    query,
    fields === undefined ? {} : { Prompts: [row("09:00:00", fields)] },
  );
  return rows[0]?.[0] ?? null;
}

/** Whether `where` keeps a row with these fields. */
export function keeps(condition: string, fields: Readonly<Record<string, unknown>> = {}): boolean {
  const { rows } = rowsOf(`Prompts | where ${condition}`, { Prompts: [row("09:00:00", fields)] });
  return rows.length === 1;
}

/** Azure's own client, which trusts the stand-in. Its retries, where they are on, don't wait. */
export function clientOf(service: LogService, retries = 0, options: LogsQueryClientOptions = {}) {
  const credential = {
    getToken: async () => ({ token: "a-token", expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const trusting = {
    endpoint: service.endpoint,
    tlsOptions: { ca: service.certificate },
    retryOptions: { maxRetries: retries, retryDelayInMs: 1, maxRetryDelayInMs: 1 },
    additionalPolicies: [{ policy: withoutCache, position: "perCall" as const }],
  };
  return new LogsQueryClient(credential, { ...trusting, ...options });
}

/** Most tests ask the same again after a change. */
const withoutCache: PipelinePolicy = {
  name: "noCache",
  sendRequest(sent, next) {
    sent.headers.set("cache-control", "no-cache");
    return next(sent);
  },
};

export const anyTime: QueryTimeInterval = { duration: "P20000D" };

/** A plain request, to see what is really sent. */
export async function post(
  service: LogService,
  body: unknown,
  headers: OutgoingHttpHeaders = { authorization: "Bearer a-token" },
  path = `/v1/workspaces/${workspace}/query`,
) {
  const sent = request(`${service.endpoint}${path}`, {
    method: "POST",
    ca: service.certificate,
    headers,
  });
  sent.end(typeof body === "string" ? body : JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
