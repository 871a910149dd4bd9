import type { TokenCredential } from "@azure/identity";
import { LogsQueryClient, type LogsQueryOptions } from "@azure/monitor-query";
import type { Fields } from "../../detection/signin/fields.ts";
import { readTime } from "../../detection/signin/time.ts";
import type { LogAnswer, LogQuery, SignInSource } from "../../run/ports.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import { answerReader, readStatus } from "./answerReader.ts";
import approvals from "./approvals.kql";
import candidates from "./candidates.kql";
import { approvalColumns, candidateColumns, servedAt, type Columns } from "./columns.ts";
import type { Connection } from "../../azure/connection.ts";
import { pageRows, renderQuery } from "./renderQuery.ts";
import { retryPolicy } from "../../azure/retry.ts";
import { semaphore } from "./semaphore.ts";
import { codeOf, upstreamError } from "../../azure/upstream.ts";

/** The service takes 5 queries at once of one identity; one is left for people. */
const queriesAtOnce = 4;

const serverSeconds = 180;
const longestAttempt = (serverSeconds + 20) * 1000;

const service = { name: "Log Analytics", role: "Log Analytics Reader" };

export interface LogAnalyticsOptions {
  readonly endpoint: string;
  /** Whom the token is for; follows the cloud, not the endpoint. */
  readonly audience: string;
  readonly credential: TokenCredential;
  readonly connection?: Connection;
}

interface Query {
  readonly template: string;
  readonly columns: Columns;
}

const queries = {
  candidates: { template: candidates, columns: candidateColumns },
  approvals: { template: approvals, columns: approvalColumns },
} as const satisfies Record<keyof SignInSource, Query>;

/**
 * Queries the `SigninLogs` of workspaces. One for the whole app, because the bound on queries is one for
 * the identity. The only file that knows @azure/monitor-query, whose successor is not there yet: version
 * 1.0.0 of @azure/monitor-query-logs ignores `audience` and `abortSignal`.
 */
export function logAnalytics(options: LogAnalyticsOptions): (workspaceId: string) => SignInSource {
  const { endpoint, audience, credential, connection = {} } = options;
  const { tlsOptions, timeoutMs = longestAttempt, retries } = connection;
  const client = new LogsQueryClient(credential, {
    endpoint,
    audience,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      { policy: retryPolicy({ timeoutMs, retries }), position: "perRetry" },
      { policy: answerReader, position: "perRetry" },
    ],
    ...(tlsOptions === undefined ? {} : { tlsOptions }),
  });
  const inTurn = semaphore(queriesAtOnce);
  const ask = (workspaceId: string, query: Query, asked: LogQuery, signal: AbortSignal) =>
    inTurn(async () => {
      const text = renderQuery(query.template, asked);
      const timespan = generatedRange(asked);
      let answer: unknown;
      const asking: LogsQueryOptions = {
        serverTimeoutInSeconds: serverSeconds,
        abortSignal: signal,
        // The client would go through every value twice more; what is no success it still reads itself.
        requestOptions: { shouldDeserialize: ({ status }) => status !== readStatus },
        onResponse({ parsedBody }) {
          answer = parsedBody;
        },
      };
      try {
        await client.queryWorkspace(workspaceId, text, timespan, asking);
        return readAnswer(answer, query.columns);
      } catch (error) {
        signal.throwIfAborted();
        throw upstreamError(service, error);
      }
    });
  return (workspaceId) => ({
    candidates: (asked, signal) => ask(workspaceId, queries.candidates, asked, signal),
    approvals: (asked, signal) => ask(workspaceId, queries.approvals, asked, signal),
  });
}

/** The API wants a time span beside the query; the query's own limits are narrower. */
function generatedRange({ range }: LogQuery): { startTime: Date; endTime: Date } {
  const week = 7 * 86_400_000;
  return { startTime: new Date(range.from - week), endTime: new Date(range.to + week) };
}

/** What the query API answers; anything may be missing. */
interface QueryAnswer {
  readonly error?: unknown;
  readonly tables?: readonly AnswerTable[];
}

interface AnswerTable {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

function readAnswer(answer: unknown, columns: Columns): LogAnswer {
  const { error, tables } = answer as QueryAnswer;
  if (error !== undefined && error !== null) {
    return { kind: "partial", reason: codeOf(error) ?? "partial answer" };
  }
  const rows: Fields[] = [];
  let answeredAt: number | null = null;
  for (const row of readRows(tables?.[0], columns)) {
    if (Object.hasOwn(row, servedAt)) {
      answeredAt = readTime(row[servedAt]);
    } else {
      rows.push(row);
    }
  }
  if (answeredAt === null) {
    throw new UpstreamError(service.name, "the answer lacks the service's time", true);
  }
  return rows.length > pageRows
    ? { kind: "partial", reason: `more than ${pageRows} rows` }
    : { kind: "whole", rows, servedAt: answeredAt };
}

/** Columns without a value are left out. */
function* readRows(table: AnswerTable | undefined, columns: Columns): Generator<Fields> {
  const places = Object.keys(columns).map((name) => {
    const index = table?.columns.findIndex((column) => column.name === name) ?? -1;
    if (index < 0) {
      throw new UpstreamError(service.name, `the answer lacks the column ${name}`, true);
    }
    return { name, index };
  });
  for (const row of table?.rows ?? []) {
    const fields: Record<string, unknown> = {};
    for (const { name, index } of places) {
      const value = row[index];
      if (value !== null && value !== undefined) {
        fields[name] = value;
      }
    }
    yield fields;
  }
}
