import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Certificate } from "../certificate.ts";
import type { TokenClaims } from "../identity.ts";
import type { Publication } from "../logService/toRow.ts";
import { authenticate } from "../service/authenticate.ts";
import { Faults, type FaultPlan, type ServiceFault } from "../service/faults.ts";
import { serve } from "../service/serve.ts";
import { Problem, badRequest } from "../service/problem.ts";
import { headOf, parse, readBytes, tokenOf, type ServiceRequest } from "../service/request.ts";
import { statusProblem } from "../service/statusProblem.ts";
import { readRows, type CollectionRule, type IngestedRow } from "./collectionRule.ts";

const unzip = promisify(gunzip);

/** The service's limit for one call, uncompressed, in bytes. */
const largestBody = 1_048_576;

export interface IngestionOptions {
  readonly certificate: Certificate;
  /** Immutable id (`dcr-…`) of the only rule. */
  readonly ruleId: string;
  readonly rule: CollectionRule;
  /** Adds rows to a table, such as the log service's. */
  readonly publish: (table: string, rows: readonly Publication[]) => void;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Accepted audiences of tokens. Default: any. */
  readonly audiences?: readonly string[];
  /** Reports whether the caller may publish to the rule. */
  readonly allows?: (claims: TokenClaims | undefined) => boolean;
  /**
   * How long after the upload a row arrives in the table, in milliseconds. Default: once and at once. Real
   * ingestion is at least once, and in no order.
   */
  readonly arrivals?: (row: IngestedRow) => readonly number[];
}

interface Upload {
  readonly stream: string;
  /** 0 if the connection was cut. */
  readonly status: number;
  readonly rows: readonly IngestedRow[];
}

export interface Ingestion {
  readonly url: string;
  /** In order of arrival, including failed ones. Without tokens. */
  readonly uploads: readonly Upload[];
  fail(fault: ServiceFault, plan?: FaultPlan<ServiceRequest>): void;
  /** Forgets faults that have not occurred yet. */
  heal(): void;
  stop(): Promise<void>;
}

/**
 * A stand-in for the Logs Ingestion endpoint of a data collection rule, for tests and the local demonstration.
 * Every answer says so in `x-stand-in`. It supports only the transformation `source`, checks no signature of a
 * token, and rejects rows that the service would silently repair.
 */
export async function startIngestion(options: IngestionOptions): Promise<Ingestion> {
  const { certificate, clock = Date.now, rule, ruleId, publish } = options;
  const { arrivals = () => [0] } = options;
  const faults = new Faults<ServiceFault, ServiceRequest>();
  const uploads: Upload[] = [];
  const { url, stop } = await serve(certificate, handle);

  async function handle(
    message: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const { request, token } = await receive(message);
    const stream = /\/streams\/([^/]+)$/.exec(request.path)?.[1] ?? "";
    const fault = faults.take(request);
    if (fault && "slowMs" in fault) {
      await sleep(fault.slowMs, undefined, { signal });
    }
    const cut = fault && "cut" in fault ? fault.cut : undefined;
    const wrong = fault && "status" in fault ? statusProblem(fault) : undefined;
    const acts = cut !== "before" && (!wrong || wrong.acted);
    const given = acts ? act(request, token, stream) : { rows: [] };
    const problem = wrong?.problem ?? given.problem;
    const status = problem?.status ?? 204;
    uploads.push({ stream, status: cut ? 0 : status, rows: given.rows });
    if (cut) {
      message.socket.destroy();
      return;
    }
    const content = problem ? { "content-type": "application/json; charset=utf-8" } : {};
    response.writeHead(status, { ...problem?.headers, ...content, "x-stand-in": "ingestion" });
    response.end(problem ? JSON.stringify(problem.body) : "");
  }

  function act(request: ServiceRequest, token: string | undefined, stream: string): Accepted {
    try {
      const rows = accept(request, token, stream);
      const arrived = rows.flatMap((row) =>
        arrivals(row).map((lateMs) => ({ row, publishedAt: clock() + lateMs })),
      );
      publish(tableOf(stream), arrived);
      return { rows };
    } catch (error) {
      if (error instanceof Problem) {
        return { rows: [], problem: error };
      }
      throw error;
    }
  }

  function accept(
    request: ServiceRequest,
    token: string | undefined,
    stream: string,
  ): readonly IngestedRow[] {
    const { audiences } = options;
    const claims = authenticate(token, audiences ? { audiences } : {}, clock());
    if (request.method !== "POST" || request.query["api-version"] !== "2023-01-01") {
      throw badRequest("The request is not an upload of api-version 2023-01-01.");
    }
    if (request.path !== `/dataCollectionRules/${ruleId}/streams/${stream}`) {
      throw new Problem(404, "NotFound", "Data collection rule with immutable Id not found.");
    }
    const declared = rule.properties.streamDeclarations[stream];
    if (declared === undefined) {
      throw badRequest(`Stream ${stream} was not configured in the data collection rule.`);
    }
    if (options.allows?.(claims) === false) {
      throw new Problem(
        403,
        "OperationFailed",
        "The authentication token provided does not have access to ingest data for the data collection rule.",
      );
    }
    if (Buffer.byteLength(String(request.body)) > largestBody) {
      throw new Problem(
        413,
        "ContentLengthLimitExceeded",
        "Maximum allowed content length exceeded.",
      );
    }
    const read = readRows(parse(String(request.body)).value, declared.columns);
    if ("problem" in read) {
      throw new Problem(400, "InvalidPayload", read.problem);
    }
    return read.rows;
  }

  function tableOf(stream: string): string {
    const flow = rule.properties.dataFlows.find(({ streams }) => streams.includes(stream));
    if (flow?.transformKql !== "source") {
      throw badRequest("The stand-in does not transform.");
    }
    return flow.outputStream.replace(/^Custom-/, "");
  }

  return {
    url,
    uploads,
    fail: (fault, plan = {}) => faults.add(fault, plan),
    heal: () => faults.clear(),
    stop,
  };
}

interface Accepted {
  readonly rows: readonly IngestedRow[];
  readonly problem?: Problem;
}

/** Returns the body as text; empty if it cannot be decompressed. */
async function receive(
  message: IncomingMessage,
): Promise<{ readonly request: ServiceRequest; readonly token: string | undefined }> {
  const head = headOf(message);
  const bytes = await readBytes(message);
  const isPacked = head.headers["content-encoding"] === "gzip";
  const body = isPacked ? await unzip(bytes).catch(() => Buffer.of()) : bytes;
  return { token: tokenOf(message), request: { ...head, body: body.toString("utf8") } };
}
