import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { Connection } from "../../azure/connection.ts";
import { servicePipeline } from "../../azure/pipeline.ts";
import { refusedBy, upstreamError } from "../../azure/upstream.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import { answerReader } from "./answerReader.ts";
import { queryProblem } from "./queryProblem.ts";

const serverSeconds = 180;
const longestAttempt = (serverSeconds + 20) * 1000;

export const service = { name: "Log Analytics", role: "Microsoft Sentinel Responder" };

export interface QueryClientOptions {
  readonly endpoint: string;
  /** The audience of the token. It depends on the cloud, not on the endpoint. */
  readonly audience: string;
  readonly credential: TokenCredential;
  readonly connection?: Connection;
}

interface Question {
  /** Errors may name tables and columns that occur in it. */
  readonly template: string;
  readonly text: string;
  readonly timespan: { readonly from: number; readonly to: number };
}

/** The parsed body of an answer, or the time of the answer for a workspace without any data. */
type QueryReply =
  | { readonly kind: "answer"; readonly body: unknown }
  | { readonly kind: "noData"; readonly servedAt: number };

type Ask = (workspaceId: string, question: Question, signal: AbortSignal) => Promise<QueryReply>;

/**
 * Returns a client of Log Analytics' query API. Every request says `no-cache`: otherwise the service repeats an
 * answer for two minutes, and a caller who reads again after a lost race must not get the old answer.
 *
 * @throws UpstreamError with the service's codes, and how to fix the problem if known
 */
export function queryClient(options: QueryClientOptions): Ask {
  const { endpoint, audience, credential, connection = {} } = options;
  const send = servicePipeline({
    audience,
    credential,
    connection,
    timeoutMs: longestAttempt,
    perAttempt: answerReader,
  });
  return async (workspaceId, { template, text, timespan }, signal) => {
    const request = createPipelineRequest({
      url: `${endpoint}/v1/workspaces/${encodeURIComponent(workspaceId)}/query`,
      method: "POST",
      headers: createHttpHeaders({
        "content-type": "application/json",
        accept: "application/json",
        "cache-control": "no-cache",
        prefer: `wait=${serverSeconds}`,
      }),
      body: JSON.stringify({ query: text, timespan: iso(timespan) }),
      abortSignal: signal,
    });
    let response: PipelineResponse & { readonly parsedBody?: unknown };
    try {
      response = await send(request);
    } catch (error) {
      signal.throwIfAborted();
      throw upstreamError(service, error);
    }
    const { status, parsedBody } = response;
    switch (status) {
      case 200:
        return { kind: "answer", body: parsedBody };
      case 204:
        return { kind: "noData", servedAt: dateOf(response) };
      default: {
        const { codes, hint } = queryProblem(parse(response.bodyAsText), template);
        throw refusedBy(service, status, codes.join(" ") || undefined, hint);
      }
    }
  };
}

function iso({ from, to }: Question["timespan"]): string {
  return `${new Date(from).toISOString()}/${new Date(to).toISOString()}`;
}

/** Returns the date of an answer, which is present even without a body. */
function dateOf({ headers }: PipelineResponse): number {
  const at = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(at)) {
    throw new UpstreamError(service.name, "204 without the service's time", true);
  }
  return at;
}

/** Returns undefined for text that is not JSON. The error is dropped because it quotes the body. */
function parse(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
