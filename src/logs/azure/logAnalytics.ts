import type { Fields } from "../../detection/signin/fields.ts";
import { readTime } from "../../detection/signin/time.ts";
import type { LogAnswer, LogQuery, Range, SignInSource } from "../../run/ports.ts";
import type { LogSeen } from "../../run/vitals.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import approvals from "./approvals.kql";
import candidates from "./candidates.kql";
import { approvalColumns, candidateColumns, servedAt, type Columns } from "./columns.ts";
import { queryClient, service, type QueryClientOptions } from "./queryClient.ts";
import { pageRows, renderQuery } from "./renderQuery.ts";
import { semaphore } from "./semaphore.ts";
import { codeOf, upstreamError } from "../../azure/upstream.ts";

/**
 * Concurrent queries of each caller. Each function may run in its own process, and the service allows five queries
 * per identity, so these add up to five. Only one backfill runs at a time.
 */
export const queriesAtOnce = { detection: 2, maintenance: 1, backfill: 2 } as const;

export interface LogAnalyticsOptions extends QueryClientOptions {
  /** Maximum number of concurrent queries. Default: that of a detection run. */
  readonly queriesAtOnce?: number;
}

interface Query {
  readonly template: string;
  readonly columns: Columns;
}

/** A query with all placeholders filled. */
interface TextQuery {
  /** The template of the text. */
  readonly template: string;
  readonly text: string;
  /** Range of the rows' `TimeGenerated`. */
  readonly range: Range;
  readonly columns: Columns;
}

/** The log service of one workspace. */
export interface Workspace extends SignInSource {
  ask(query: TextQuery, signal: AbortSignal): Promise<LogAnswer>;
}

const queries = {
  candidates: { template: candidates, columns: candidateColumns },
  approvals: { template: approvals, columns: approvalColumns },
} as const satisfies Record<Exclude<keyof SignInSource, "pageRows">, Query>;

/** Returns clients for the tables of workspaces. They share one limit on concurrent queries. */
export function logAnalytics(options: LogAnalyticsOptions): (workspaceId: string) => Workspace {
  const send = queryClient(options);
  const inTurn = semaphore(options.queriesAtOnce ?? queriesAtOnce.detection);
  const ask = (workspaceId: string, query: TextQuery, signal: AbortSignal) =>
    inTurn(async (): Promise<LogAnswer> => {
      signal.throwIfAborted();
      const { template, text, range, columns } = query;
      const question = { template, text, timespan: generatedRange(range) };
      const reply = await send(workspaceId, question, signal);
      switch (reply.kind) {
        case "noData":
          return { kind: "whole", rows: [], servedAt: reply.servedAt };
        case "answer":
          return readAnswer(reply.body, columns);
      }
    });
  const render = ({ template, columns }: Query, asked: LogQuery): TextQuery => ({
    template,
    text: renderQuery(template, asked),
    range: asked.range,
    columns,
  });
  return (workspaceId) => ({
    pageRows,
    candidates: (asked, signal) => ask(workspaceId, render(queries.candidates, asked), signal),
    approvals: (asked, signal) => ask(workspaceId, render(queries.approvals, asked), signal),
    ask: (query, signal) => ask(workspaceId, query, signal),
  });
}

/** The API requires a time span besides the query. The query's own limits are narrower. */
function generatedRange(range: Range) {
  const week = 7 * 86_400_000;
  return { from: range.from - week, to: range.to + week };
}

/** An answer of the query API. Every part may be missing. */
interface QueryAnswer {
  readonly error?: unknown;
  readonly tables?: readonly AnswerTable[];
}

interface AnswerTable {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

function readAnswer(answer: unknown, columns: Columns): LogAnswer {
  try {
    return answerOf(answer as QueryAnswer, columns);
  } catch (error) {
    // Reading fails for anything that is not an answer of the service.
    throw upstreamError(service, error);
  }
}

function answerOf({ error, tables }: QueryAnswer, columns: Columns): LogAnswer {
  if (error !== undefined && error !== null) {
    return { kind: "partial", reason: codeOf(error) ?? "partial answer" };
  }
  const rows: Fields[] = [];
  let answeredAt: number | null = null;
  let seen: LogSeen | undefined;
  for (const row of readRows(tables?.[0], columns)) {
    if (Object.hasOwn(row, servedAt)) {
      answeredAt = readTime(row[servedAt]);
    } else if (Object.hasOwn(row, "SeenRows")) {
      seen = { rows: Number(row["SeenRows"]), newestAt: readTime(row["NewestAt"]) };
    } else {
      rows.push(row);
    }
  }
  if (answeredAt === null) {
    throw new UpstreamError(service.name, "the answer lacks the service's time", true);
  }
  return rows.length > pageRows
    ? { kind: "partial", reason: `more than ${pageRows} rows` }
    : { kind: "whole", rows, servedAt: answeredAt, ...(seen !== undefined && { seen }) };
}

/** Columns without a value are omitted. */
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
