import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { IncidentApi, StoredIncident } from "./incidentApi.ts";
import type { IncidentProperties } from "./incidentBody.ts";
import { isFields } from "../../detection/signin/fields.ts";
import { readAnswer, refused, service, type Answer } from "./sentinelAnswer.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import type { Connection } from "../../azure/connection.ts";
import { servicePipeline } from "../../azure/pipeline.ts";
import { doublingWait, usualRetries, wait } from "../../azure/retry.ts";
import { upstreamError } from "../../azure/upstream.ts";

const apiVersion = "2025-09-01";
const longestAttempt = 30_000;

export interface SentinelOptions {
  /** Endpoint of Azure Resource Manager. */
  readonly endpoint: string;
  /** The audience of the token. It depends on the cloud, not on the endpoint. */
  readonly audience: string;
  readonly credential: TokenCredential;
  readonly connection?: Connection;
}

type Send = (
  method: HttpMethods,
  path: string,
  body?: object,
  how?: {
    /** Whether not to repeat the request if it is unknown whether it was carried out. */
    readonly once?: boolean;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<Answer>;

interface Sending {
  readonly send: Send;
  /** Waits after the n-th attempt, if the caller makes the attempts. */
  readonly pause: (attempt: number) => Promise<void>;
  readonly attempts: number;
}

/**
 * Access to Microsoft Sentinel's incidents through Azure Resource Manager.
 *
 * @returns a function from the resource id of a workspace to its incidents; the signal cancels every request
 */
export function sentinelIncidents(
  options: SentinelOptions,
): (resourceId: string, signal?: AbortSignal) => IncidentApi {
  const { send, ...sending } = connect(options);
  return (resourceId, signal) => {
    const cancelled: Send = (method, path, body, how) =>
      send(method, path, body, { ...how, signal });
    return incidentsOf({ ...sending, send: cancelled }, resourceId);
  };
}

function incidentsOf(sending: Sending, resourceId: string): IncidentApi {
  const { send } = sending;
  const incidents = `${resourceId}/providers/Microsoft.SecurityInsights/incidents`;
  const get = async (id: string): Promise<StoredIncident | null> => {
    const path = `${incidents}/${id}`;
    const { status, body } = await send("GET", path);
    return status === 404 ? null : readIncident(body, path);
  };
  return {
    get,
    async put(id, properties, etag) {
      const path = `${incidents}/${id}`;
      if (etag === null) {
        return create(sending, path, { properties }, async () => (await get(id)) !== null);
      }
      // The service expects the etag in the body, and answers 409 if it is stale.
      const answer = await send("PUT", path, { etag, properties });
      if (isConflict(answer) || answer.status === 404) {
        return false;
      }
      written(answer, path);
      return true;
    },
    async putComment(id, commentId, message) {
      const path = `${incidents}/${id}/comments/${commentId}`;
      const properties = { message: cut(message, longestComment) };
      // If it exists, overwriting it may require its etag, which is not documented.
      await untilWritten(sending, path, (etag) => ({ properties, ...etag }));
    },
    async taskIds(id) {
      const names = new Set<string>();
      let next: string | null = `${incidents}/${id}/tasks`;
      while (next !== null) {
        const { body } = settled(await send("GET", next));
        if (!isFields(body) || !Array.isArray(body["value"])) {
          throw new UpstreamError(service.name, "tasks that are not a list", true);
        }
        for (const task of body["value"] as readonly unknown[]) {
          names.add(isFields(task) ? String(task["name"]).toLowerCase() : "");
        }
        next = nextPath(body["nextLink"]);
      }
      return names;
    },
    async putTask(id, taskId, task) {
      const path = `${incidents}/${id}/tasks/${taskId}`;
      // A repeated request finds the task there, and leaves it to the analysts.
      await untilWritten(sending, path, (etag) => (etag === null ? { properties: task } : null));
    },
  };
}

/**
 * Creates a resource that does not exist yet. If it is unknown whether a request was carried out, the resource is
 * looked up first. Sending it again would undo what analysts and automation did to the incident in between.
 *
 * @returns false if it exists already
 */
async function create(
  { send, pause, attempts }: Sending,
  path: string,
  body: object,
  exists: () => Promise<boolean>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await send("PUT", path, body, { once: true });
      if (isConflict(answer)) {
        return false;
      }
      written(answer, path);
      return true;
    } catch (error) {
      const mayPass = error instanceof UpstreamError && error.retryable;
      if (!mayPass || attempt === attempts) {
        throw error;
      }
    }
    await pause(attempt);
    if (await exists()) {
      return false;
    }
  }
}

/** Returns the path of a list's next page. It is always requested from the same service, whoever wrote the link. */
function nextPath(link: unknown): string | null {
  if (typeof link !== "string" || !URL.canParse(link)) {
    return null;
  }
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}

/**
 * Writes a comment or a task. The service answers 409 while it changes the incident itself. The same request then
 * succeeds a moment later.
 *
 * @param bodyFor takes the etag of the existing resource, or null; returns null if the existing one must stay
 */
async function untilWritten(
  { send, pause, attempts }: Sending,
  path: string,
  bodyFor: (etag: { readonly etag: unknown } | null) => object | null,
): Promise<void> {
  let body = bodyFor(null);
  for (let attempt = 1; body !== null; attempt++) {
    const answer = await send("PUT", path, body);
    if (!isConflict(answer) || attempt === attempts) {
      written(answer, path);
      return;
    }
    const { status, body: found } = await send("GET", path);
    const isThere = status !== 404 && isFields(found);
    if (!isThere) {
      await pause(attempt);
    }
    body = bodyFor(isThere ? { etag: found["etag"] } : null);
  }
}

function isConflict({ status }: Answer): boolean {
  return status === 409 || status === 412;
}

/** Microsoft Sentinel's limit for a comment, in characters. */
const longestComment = 30_000;

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 20)}\n[cut: too long]`;
}

function readIncident(body: unknown, path: string): StoredIncident {
  if (isResource(body, path) && typeof body["etag"] === "string") {
    // The properties have the service's own shape. Unknown ones are sent back unchanged.
    return { properties: body["properties"] as IncidentProperties, etag: body["etag"] };
  }
  throw new UpstreamError(service.name, "an incident without properties or etag", true);
}

/** For requests that can neither conflict nor miss anything. */
function settled(answer: Answer): Answer {
  if (answer.status >= 400) {
    throw refused(answer.status, answer.body);
  }
  return answer;
}

/** Throws unless the service returns what it has written. Any other answer comes from a proxy. */
function written(answer: Answer, path: string): void {
  const { status, body } = settled(answer);
  if (!isResource(body, path)) {
    throw new UpstreamError(service.name, `${status} without what was written`, true);
  }
}

/** Reports whether the body is the resource at a path, whose last part is its name. */
function isResource(body: unknown, path: string): body is Readonly<Record<string, unknown>> {
  return (
    isFields(body) &&
    isFields(body["properties"]) &&
    typeof body["name"] === "string" &&
    path.toLowerCase().endsWith(`/${body["name"].toLowerCase()}`)
  );
}

function connect({ endpoint, audience, credential, connection = {} }: SentinelOptions): Sending {
  const { retries = usualRetries } = connection;
  const once = new WeakSet<PipelineRequest>();
  const sendRequest = servicePipeline({
    audience,
    credential,
    connection,
    timeoutMs: longestAttempt,
    isRepeatable: (request) => !once.has(request),
  });
  const send: Send = async (method, path, body, { once: isOnce = false, signal } = {}) => {
    const request = createPipelineRequest({
      url: `${endpoint}${path}${path.includes("?") ? "" : `?api-version=${apiVersion}`}`,
      method,
      headers: createHttpHeaders({
        "content-type": "application/json",
        accept: "application/json",
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { abortSignal: signal }),
    });
    if (isOnce) {
      once.add(request);
    }
    let response: PipelineResponse;
    try {
      response = await sendRequest(request);
    } catch (error) {
      throw upstreamError(service, error);
    }
    return readAnswer(response);
  };
  const pause = (attempt: number) => wait(doublingWait(attempt, retries));
  return { send, pause, attempts: retries.attempts };
}
