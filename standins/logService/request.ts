import type { IncomingMessage } from "node:http";
import { parse, readBytes } from "../service/request.ts";
import { QueryError } from "./queryError.ts";

/** The body of a query request. */
export interface QueryRequest {
  readonly query: string;
  /** Empty if there is none. */
  readonly timespan: string;
  readonly workspaces: readonly string[];
}

/** Returns the workspace that a request queries; undefined for other requests. */
export function workspaceOf({ method, url = "" }: IncomingMessage): string | undefined {
  const path = /^\/v1\/workspaces\/([^/?]+)\/query(?:\?|$)/.exec(url);
  return method === "POST" && path?.[1] !== undefined ? decodeURIComponent(path[1]) : undefined;
}

export async function readQueryRequest(message: IncomingMessage): Promise<QueryRequest> {
  const body = readJson((await readBytes(message)).toString("utf8"));
  const { query, timespan, workspaces } = body;
  if (typeof query !== "string") {
    throw invalid("The body has no query.");
  }
  return {
    query,
    timespan: typeof timespan === "string" ? timespan : "",
    workspaces: Array.isArray(workspaces) ? workspaces.map(String) : [],
  };
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  const { value } = parse(text);
  if (typeof value === "object" && value !== null) {
    return value as Record<string, unknown>;
  }
  throw invalid("The body is not a JSON object.");
}

function invalid(message: string): QueryError {
  return new QueryError("BadArgumentError", "The request had some invalid properties", {
    code: "InvalidRequestBody",
    message,
  });
}
