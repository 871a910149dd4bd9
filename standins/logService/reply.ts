import type { ServerResponse } from "node:http";
import { errorAnswer, type Answer } from "./answer.ts";
import { statusErrors, type Fault, type FaultStatus } from "./faults.ts";
import { QueryError } from "./queryError.ts";

/** The outcome of a request. */
export interface Reply {
  readonly status: number;
  /** Null: no body. */
  readonly answer: Answer | null;
}

/** The answer of a workspace without any data. */
export const noContent: Reply = { status: 204, answer: null };

export function failed(status: FaultStatus): Reply {
  return { status, answer: errorAnswer(...statusErrors[status]) };
}

/** Returns 400 for errors of the query. Anything else is a bug of the stand-in. */
export function failedQuery(error: unknown): Reply {
  if (!(error instanceof QueryError)) {
    throw error;
  }
  return { status: 400, answer: errorAnswer(error.code, error.message, error.inner) };
}

/** Sends the reply, changed by the fault if there is one. Returns the size of the unchanged body in bytes. */
export function send(response: ServerResponse, { status, answer }: Reply, fault?: Fault): number {
  const body = Buffer.from(answer === null ? "" : JSON.stringify(answer));
  if (response.destroyed) {
    return body.length;
  }
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("x-stand-in", "log-analytics; not Kusto, executes a small subset of KQL");
  if (fault?.kind === "status" && fault.retryAfterS !== undefined) {
    response.setHeader("retry-after", fault.retryAfterS);
  }
  if (fault?.kind === "cut") {
    response.setHeader("content-length", body.length);
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    return body.length;
  }
  if (fault?.kind === "html") {
    response.setHeader("content-type", "text/html");
  }
  response.end(spoilt(body, fault));
  return body.length;
}

function spoilt(body: Buffer, fault: Fault | undefined): Buffer | string {
  if (fault?.kind === "malformed") {
    return body.subarray(0, -1);
  }
  if (fault?.kind === "html") {
    return "<!doctype html><title>Proxy</title><p>Please sign in.</p>";
  }
  return body;
}
