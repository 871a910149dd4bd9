import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { IncidentApi, StoredIncident } from "../pipeline/incidentApi.ts";
import type { IncidentProperties } from "../pipeline/incidentBody.ts";
import { UpstreamError } from "../pipeline/upstreamError.ts";
import { retryPolicy } from "./retry.ts";
import { refusedBy, upstreamError } from "./upstream.ts";

const apiVersion = "2025-09-01";
const timeoutMs = 30_000;
const service = { name: "Microsoft Sentinel", role: "Microsoft Sentinel Responder" };

export interface SentinelOptions {
  /** Of Azure Resource Manager. */
  readonly endpoint: string;
  /** Whom the token is for; follows the cloud, not the endpoint. */
  readonly audience: string;
  readonly credential: TokenCredential;
}

type Send = (method: HttpMethods, path: string, body?: object) => Promise<Answer>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Microsoft Sentinel's incidents through Azure Resource Manager.
 *
 * @returns the incidents of a workspace, given its resource id
 */
export function sentinelIncidents(options: SentinelOptions): (resourceId: string) => IncidentApi {
  const send = connect(options);
  return (resourceId) => incidentsOf(send, resourceId);
}

function incidentsOf(send: Send, resourceId: string): IncidentApi {
  const incidents = `${resourceId}/providers/Microsoft.SecurityInsights/incidents`;
  return {
    async get(id) {
      const { status, body } = await send("GET", `${incidents}/${id}`);
      return status === 404 ? null : readIncident(body);
    },
    async put(id, properties, etag) {
      // The service takes the etag in the body, and answers 409 where it is stale.
      const body = etag === null ? { properties } : { etag, properties };
      const { status } = await send("PUT", `${incidents}/${id}`, body);
      return status !== 409 && status !== 412;
    },
    async putComment(id, commentId, message) {
      const path = `${incidents}/${id}/comments/${commentId}`;
      settled(await send("PUT", path, { properties: { message: cut(message, longestComment) } }));
    },
    async taskIds(id) {
      const { body } = settled(await send("GET", `${incidents}/${id}/tasks`));
      const tasks =
        isRecord(body) && Array.isArray(body["value"]) ? (body["value"] as unknown[]) : [];
      return new Set(
        tasks.map((task) => (isRecord(task) ? String(task["name"]).toLowerCase() : "")),
      );
    },
    async putTask(id, taskId, task) {
      settled(await send("PUT", `${incidents}/${id}/tasks/${taskId}`, { properties: task }));
    },
  };
}

/** Microsoft Sentinel's limit for a comment, in characters. */
const longestComment = 30_000;

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 20)}\n[cut: too long]`;
}

function readIncident(body: unknown): StoredIncident {
  if (isRecord(body) && isRecord(body["properties"]) && typeof body["etag"] === "string") {
    // The service's own shape; what we do not know of it goes back as it came.
    return { properties: body["properties"] as unknown as IncidentProperties, etag: body["etag"] };
  }
  throw new UpstreamError(service.name, "an incident without properties or etag", true);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** For requests that have nothing to be in conflict with, or missing. */
function settled(answer: Answer): Answer {
  if (answer.status >= 400) {
    throw refusedBy(service, answer.status, undefined);
  }
  return answer;
}

function connect({ endpoint, audience, credential }: SentinelOptions): Send {
  const pipeline = createPipelineFromOptions({
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: "mfa-deny-detector" },
  });
  const scopes = `${audience}/.default`;
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }), { phase: "Sign" });
  pipeline.addPolicy(retryPolicy(timeoutMs), { afterPhase: "Sign" });
  const client = createDefaultHttpClient();
  return async (method, path, body) => {
    const request = createPipelineRequest({
      url: `${endpoint}${path}?api-version=${apiVersion}`,
      method,
      headers: createHttpHeaders({
        "content-type": "application/json",
        accept: "application/json",
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    let response: PipelineResponse;
    try {
      response = await pipeline.sendRequest(client, request);
    } catch (error) {
      throw upstreamError(service, error);
    }
    return readAnswer(response);
  };
}

const expected: ReadonlySet<number> = new Set([404, 409, 412]);

function readAnswer({ status, bodyAsText }: PipelineResponse): Answer {
  let body: unknown;
  try {
    body = JSON.parse(bodyAsText || "null");
  } catch (cause) {
    throw new UpstreamError(service.name, `${status} with a body that is no JSON`, true, { cause });
  }
  if (status < 400 || expected.has(status)) {
    return { status, body };
  }
  throw refused(status, body);
}

function refused(status: number, body: unknown): UpstreamError {
  const error = isRecord(body) && isRecord(body["error"]) ? body["error"] : {};
  const code = typeof error["code"] === "string" ? error["code"] : undefined;
  return refusedBy(service, status, code);
}
