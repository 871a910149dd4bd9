import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { makeCertificate, type Certificate } from "../certificate.ts";
import { claimsOf, type TokenClaims } from "../identity.ts";
import { serve } from "../service/serve.ts";
import { Faults, type FaultPlan } from "../service/faults.ts";
import { AnswerCache } from "./answerCache.ts";
import { answerOf, errorAnswer, partialAnswerOf } from "./answer.ts";
import type { TableSchema } from "./columns.ts";
import { datetimeOf } from "./datetime.ts";
import type { Fault } from "./faults.ts";
import { createAnalyser } from "./kusto.ts";
import { QueryError } from "./queryError.ts";
import { failed, failedQuery, noContent, send, type Reply } from "./reply.ts";
import { tokenOf } from "../service/request.ts";
import { readQueryRequest, workspaceOf, type QueryRequest } from "./request.ts";
import { runQuery } from "./runQuery.ts";
import { createStore } from "./store.ts";
import { builtInTables } from "./tables.ts";
import { readTimespan } from "./timespan.ts";
import type { Publication } from "./toRow.ts";
import { Turns } from "./turns.ts";

export interface LogServiceOptions {
  /** Tables besides the built-in ones. */
  readonly tables?: Readonly<Record<string, TableSchema>>;
  /** The service's clock (epoch ms). Rows ingested later are not visible yet. */
  readonly clock?: () => number;
  /** Reports whether a bearer token is for this service. Default: any token is. */
  readonly accepts?: (token: string) => boolean;
  /** Reports whether the caller may query. Default: everybody may. */
  readonly allows?: (claims: TokenClaims | undefined) => boolean;
  readonly certificate?: Certificate;
  /** Maximum number of rows in an answer. Default: Azure's limit. */
  readonly maxRows?: number;
  /** Maximum number of concurrent queries per identity. Default: Azure's limit. */
  readonly maxConcurrent?: number;
  /** How long further queries wait before they are refused with 429, in real milliseconds. Default: as in Azure. */
  readonly queueMs?: number;
}

/** A request that named a workspace, with its outcome. */
interface LoggedRequest {
  /** The service's time, in epoch milliseconds. */
  readonly at: number;
  readonly workspaceId: string;
  readonly query: string;
  /** Rows and bytes of the body before any fault. */
  readonly rows: number;
  readonly bytes: number;
  readonly status: number;
}

export interface LogService {
  /** The endpoint for a client, which adds `/v1` itself. */
  readonly endpoint: string;
  /** The certificate that a client must trust: PEM. */
  readonly certificate: string;
  /** In the order of the answers. */
  readonly requests: readonly LoggedRequest[];
  /** The highest number of concurrent queries of one identity so far. */
  mostAtOnce(): number;
  publish(workspaceId: string, table: string, rows: Iterable<Publication>): void;
  /** Makes the workspace lack the table, or hides it from the caller. Both look the same. */
  disconnect(workspaceId: string, table: string): void;
  /** Puts a table on the Basic plan, which this endpoint does not query. */
  makeBasic(table: string): void;
  fail(fault: Fault, when?: FaultPlan<string>): void;
  stop(): Promise<void>;
}

/**
 * A stand-in for the query endpoint of Azure Log Analytics, over https on loopback, for tests and the local
 * demonstration. It is not Kusto: it executes a small subset of the language and refuses everything else with
 * StandInRefused, hash() returns other numbers, and every workspace exists. Each answer says so in the header
 * `x-stand-in`. Microsoft's own analyser checks the queries first, so a misspelt column is an error here as well.
 * As in Azure, an answer is repeated for two minutes (header `Age`) unless the request says `no-cache`, a workspace
 * without any row answers 204, and an identity may run five concurrent queries.
 */
export async function startLogService(options: LogServiceOptions = {}): Promise<LogService> {
  const { clock = Date.now, accepts = () => true, allows = () => true } = options;
  const { maxRows = 500_000, maxConcurrent = 5, queueMs = 180_000 } = options;
  const certificate = options.certificate ?? makeCertificate();
  const tables = { ...builtInTables, ...options.tables };
  const [store, analyser, faults] = [
    createStore(tables),
    createAnalyser(tables),
    new Faults<Fault, string>(),
  ];
  const basic = new Set<string>();
  const cache = new AnswerCache(clock);
  const turns = new Turns(maxConcurrent, queueMs);
  const requests: LoggedRequest[] = [];
  const disconnected = new Set<string>();

  const { url, stop } = await serve(certificate, (message, response) =>
    handle(message, response).catch((error: unknown) => {
      // A client that went away is not a problem. Anything else is a bug of the stand-in.
      const answer = errorAnswer("StandInError", String(error));
      if (!response.destroyed) {
        send(response, { status: 500, answer });
      }
    }),
  );

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const workspaceId = workspaceOf(message);
    if (workspaceId === undefined) {
      send(response, failed(404));
      return;
    }
    const finish = (query: string, reply: Reply, fault?: Fault) => {
      response.setHeader("date", new Date(clock()).toUTCString());
      const bytes = send(response, reply, fault);
      const rows = reply.answer?.tables?.[0]?.rows.length ?? 0;
      requests.push({ at: clock(), workspaceId, query, rows, bytes, status: reply.status });
    };

    const request = await orFailure(() => readQueryRequest(message));
    const query = "query" in request ? request.query : "";
    const refusal = refusalOf(tokenOf(message));
    if (refusal !== undefined) {
      return finish(query, refusal);
    }
    if (!("query" in request)) {
      return finish(query, request);
    }
    const question = JSON.stringify([workspaceId.toLowerCase(), request]);
    const known = isFresh(message) ? null : cache.get(question);
    if (known !== null) {
      response.setHeader("age", known.ageSeconds);
      return finish(query, known.reply);
    }
    const identity = claimsOf(tokenOf(message) ?? "")?.oid ?? "";
    if (!(await turns.enter(identity))) {
      return finish(query, failed(429));
    }

    const fault = faults.take(query);
    let reply: Reply;
    try {
      if (fault?.kind === "slow") {
        await passOrLeave(fault.ms, response);
      }
      const work = () => ask(workspaceId, request, fault);
      reply = fault?.kind === "status" ? failed(fault.status) : await orFailure(work);
    } finally {
      // Before the client can see the answer and send its next query.
      turns.leave(identity);
    }
    if (fault === undefined || fault.kind === "slow") {
      cache.keep(question, reply);
    }
    finish(query, reply, fault);
  }

  function ask(workspaceId: string, request: QueryRequest, fault?: Fault): Reply {
    const now = datetimeOf(clock());
    const workspaceIds = [...new Set([workspaceId, ...request.workspaces])];
    const timespan = request.timespan === "" ? undefined : readTimespan(request.timespan, now);
    const missing = (id: string, table: string) => disconnected.has(`${id} ${table}`);
    const question = { query: request.query, workspaceIds, timespan, now, missing };
    refuseBasic(request.query);
    const frame = runQuery(question, analyser, store);
    if (workspaceIds.every((id) => store.isEmpty(id, now)) && fault === undefined) {
      return noContent;
    }
    if (fault?.kind === "partial") {
      return { status: 200, answer: partialAnswerOf(frame) };
    }
    const limit = fault?.kind === "oversize" ? Math.min(fault.maxRows, maxRows) : maxRows;
    return { status: 200, answer: answerOf(frame, limit) };
  }

  function refuseBasic(query: string): void {
    for (const table of basic) {
      if (new RegExp(`\\b${table}\\b`).test(query)) {
        throw new QueryError("BadArgumentError", "The request had some invalid properties", {
          code: "UnsupportedApiQueryValidationError",
          message: "Query of Basic Logs table is not supported with the API '…/query'.",
        });
      }
    }
  }

  function refusalOf(token: string | undefined): Reply | undefined {
    if (token === undefined) {
      return failed(401);
    }
    if (!accepts(token)) {
      const text = "The access token has been obtained from wrong audience or resource.";
      return { status: 403, answer: errorAnswer("InvalidAuthenticationTokenAudience", text) };
    }
    const claims = claimsOf(token);
    // This service answers 403 for tokens, too.
    if (claims && claims.exp * 1000 <= clock()) {
      const text = "The access token is invalid.";
      return { status: 403, answer: errorAnswer("InvalidAuthenticationToken", text) };
    }
    return allows(claims) ? undefined : failed(403);
  }

  return {
    endpoint: url,
    certificate: certificate.cert,
    requests,
    mostAtOnce: () => turns.most,
    publish: (workspaceId, table, rows) => store.add(workspaceId, table, rows),
    disconnect: (workspaceId, table) => void disconnected.add(`${workspaceId} ${table}`),
    makeBasic: (table) => void basic.add(table),
    fail: (fault, when) => faults.add(fault, when),
    stop,
  };
}

function isFresh({ headers }: IncomingMessage): boolean {
  return /\bno-cache\b/i.test(headers["cache-control"] ?? "");
}

async function orFailure<T>(work: () => T | Promise<T>): Promise<T | Reply> {
  try {
    return await work();
  } catch (error) {
    return failedQuery(error);
  }
}

/** Waits, but no longer than the client does. */
async function passOrLeave(ms: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  await delay(ms, undefined, { signal: gone.signal }).catch(() => undefined);
}
