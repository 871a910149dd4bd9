import type { TokenCredential } from "@azure/identity";
import {
  LogsQueryClient,
  LogsQueryResultStatus,
  type LogsTable,
  type LogsQueryResult,
} from "@azure/monitor-query";
import type { Fields } from "../detection/fields.ts";
import type { LogAnswer, LogQuery, SignInSource } from "../pipeline/ports.ts";
import { UpstreamError } from "../pipeline/upstreamError.ts";
import approvals from "./approvals.kql";
import candidates from "./candidates.kql";
import { renderQuery } from "./renderQuery.ts";
import { retryPolicy } from "./retry.ts";
import { semaphore } from "./semaphore.ts";
import { upstreamError } from "./upstream.ts";

/** The service takes 5 queries at once of one identity; one is left for people. */
const queriesAtOnce = 4;

const serverSeconds = 180;
const timeoutMs = (serverSeconds + 20) * 1000;

const service = { name: "Log Analytics", role: "Log Analytics Reader" };

export interface LogAnalyticsOptions {
  readonly endpoint: string;
  /** Whom the token is for; follows the cloud, not the endpoint. */
  readonly audience: string;
  readonly credential: TokenCredential;
}

/**
 * Queries the `SigninLogs` of workspaces. One for the whole app, because the bound on queries is one for
 * the identity. The only file that knows @azure/monitor-query, whose successor is not there yet: version
 * 1.0.0 of @azure/monitor-query-logs ignores `audience` and `abortSignal`.
 */
export function logAnalytics({ endpoint, audience, credential }: LogAnalyticsOptions) {
  const client = new LogsQueryClient(credential, {
    endpoint,
    audience,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: retryPolicy(timeoutMs), position: "perRetry" }],
  });
  const inTurn = semaphore(queriesAtOnce);
  const ask = (workspaceId: string, template: string, query: LogQuery, signal: AbortSignal) =>
    inTurn(async () => {
      const range = generatedRange(query);
      try {
        const result = await client.queryWorkspace(
          workspaceId,
          renderQuery(template, query),
          range,
          {
            serverTimeoutInSeconds: serverSeconds,
            abortSignal: signal,
          },
        );
        return readAnswer(result);
      } catch (error) {
        signal.throwIfAborted();
        throw upstreamError(service, error);
      }
    });
  return (workspaceId: string): SignInSource => ({
    candidates: (query, signal) => ask(workspaceId, candidates, query, signal),
    approvals: (query, signal) => ask(workspaceId, approvals, query, signal),
  });
}

/** The API wants a time span beside the query; the query's own limits are narrower. */
function generatedRange({ range }: LogQuery): { startTime: Date; endTime: Date } {
  const week = 7 * 86_400_000;
  return { startTime: new Date(range.from - week), endTime: new Date(range.to + week) };
}

function readAnswer(result: LogsQueryResult): LogAnswer {
  if (result.status !== LogsQueryResultStatus.Success) {
    return { kind: "partial", reason: result.partialError.code };
  }
  const rows: Fields[] = [];
  let servedAt: number | null = null;
  for (const table of result.tables) {
    for (const row of readRows(table)) {
      const at = row["ServedAt"];
      if (typeof at === "string") {
        servedAt = Date.parse(at);
      } else {
        rows.push(row);
      }
    }
  }
  if (servedAt === null) {
    throw new UpstreamError(service.name, "the answer lacks the service's time", true);
  }
  return { kind: "whole", rows, servedAt };
}

/** Columns without a value are left out: the client makes 1970 of a datetime that is null. */
function* readRows({ columnDescriptors, rows }: LogsTable): Generator<Fields> {
  for (const row of rows) {
    const fields: Record<string, unknown> = {};
    for (const [index, { name }] of columnDescriptors.entries()) {
      const value = row[index] as unknown;
      if (name !== undefined) {
        const text = value instanceof Date ? readDate(value) : value;
        if (text !== null && text !== undefined) {
          fields[name] = text;
        }
      }
    }
    yield fields;
  }
}

function readDate(value: Date): string | null {
  return Number.isNaN(value.getTime()) || value.getTime() === 0 ? null : value.toISOString();
}
