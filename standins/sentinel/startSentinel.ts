import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { authenticate } from "../service/authenticate.ts";
import { authorize, type AccessOptions } from "./access.ts";
import { parseAddress } from "./address.ts";
import { checkApiVersion } from "./apiVersion.ts";
import type { IncidentContent, TaskContent } from "./content.ts";
import { Faults, type FaultPlan, type ServiceFault } from "../service/faults.ts";
import { serve } from "../service/serve.ts";
import { Problem, badRequest, notFound } from "../service/problem.ts";
import type { TokenClaims } from "../identity.ts";
import { receive, type Received, type ServiceRequest } from "../service/request.ts";
import type { BlindPut, CommentResource, IncidentResource, TaskResource } from "./resource.ts";
import { statusProblem } from "../service/statusProblem.ts";
import { Throttle, type ThrottleOptions } from "./throttle.ts";
import { Workspace, type Answer } from "./workspace.ts";

export interface SentinelOptions extends AccessOptions {
  /** PEM, for 127.0.0.1. */
  readonly cert: string;
  readonly key: string;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** The resource id of the only workspace. Default: any. */
  readonly workspace?: string;
  /** The effect of a PUT without etag on an existing resource. Default: "overwrite". */
  readonly blindPut?: BlindPut;
  readonly throttle?: ThrottleOptions;
  /** Answers other requests to Azure Resource Manager; undefined for unknown ones. */
  readonly manage?: (
    request: ServiceRequest,
    claims: TokenClaims | undefined,
  ) => Answer | undefined;
  /** The error of the header `Date`, in milliseconds. */
  readonly dateOffMs?: () => number;
}

/** A request, and the status of its answer; 0 if the connection was cut. */
type AnsweredRequest = ServiceRequest & { readonly status: number };

export interface Sentinel {
  /** The base URL of Azure Resource Manager: `https://127.0.0.1:…`. */
  readonly url: string;
  /** In order of arrival, including failed ones. Without tokens. */
  readonly requests: readonly AnsweredRequest[];
  incidents(): readonly IncidentResource[];
  comments(incident: string): readonly CommentResource[];
  tasks(incident: string): readonly TaskResource[];
  /** Changes an incident like an analyst in the portal. It gets a new etag. */
  edit(incident: string, changes: Partial<IncidentContent>): IncidentResource;
  editTask(incident: string, task: string, changes: Partial<TaskContent>): TaskResource;
  /** Deletes an incident like an analyst. Returns whether there was one. */
  remove(incident: string): boolean;
  /** Connects the workspace to the Defender portal, which owns incidents from then on. */
  joinDefender(): void;
  fail(fault: ServiceFault, plan?: FaultPlan<ServiceRequest>): void;
  /** Forgets faults that have not occurred yet. */
  heal(): void;
  stop(): Promise<void>;
}

/**
 * A stand-in for Microsoft Sentinel's incidents behind Azure Resource Manager (`Microsoft.SecurityInsights`), for
 * tests and the local demonstration. Every answer says so in `x-stand-in`. It keeps incidents, comments and tasks
 * in memory. It has no alerts, entities, relations or automation, checks no signature of a token, and takes its
 * error texts from documentation and bug reports, not from the service.
 */
export async function startSentinel(options: SentinelOptions): Promise<Sentinel> {
  const clock = options.clock ?? Date.now;
  const workspace = new Workspace(clock, options.blindPut ?? "overwrite");
  const throttle = options.throttle && new Throttle(options.throttle, clock);
  const faults = new Faults<ServiceFault, ServiceRequest>();
  const requests: AnsweredRequest[] = [];
  const { url, stop } = await serve(options, answer);

  async function answer(
    message: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const received = await receive(message);
    const { request } = received;
    const fault = faults.take(request);
    if (fault && "slowMs" in fault) {
      await sleep(fault.slowMs, undefined, { signal });
    }
    const cut = fault && "cut" in fault ? fault.cut : undefined;
    const wrong = fault && "status" in fault ? statusProblem(fault) : undefined;
    const acts = cut !== "before" && (!wrong || wrong.acted);
    const acted = acts ? act(received) : undefined;
    const given = wrong ? toAnswer(wrong.problem) : acted;
    requests.push({ ...request, status: cut || !given ? 0 : given.status });
    if (cut || !given) {
      message.socket.destroy();
      return;
    }
    response.setHeader("date", new Date(clock() + (options.dateOffMs?.() ?? 0)).toUTCString());
    send(response, given, fault !== undefined && "malformed" in fault);
  }

  function act(received: Received): GivenAnswer {
    try {
      const wait = throttle?.admit() ?? 0;
      if (wait > 0) {
        throw throttled(wait, options.throttle?.retryAfter ?? true);
      }
      return { headers: {}, ...carryOut(received) };
    } catch (error) {
      if (error instanceof Problem) {
        return toAnswer(error);
      }
      throw error;
    }
  }

  function carryOut({ request, token, unreadable }: Received): Answer {
    const claims = authenticate(token, options, clock());
    const managed = options.manage?.(request, claims);
    if (managed !== undefined) {
      return managed;
    }
    checkApiVersion(request.query["api-version"]);
    const address = parseAddress(request.path);
    const only = options.workspace;
    if (only !== undefined && only.toLowerCase() !== address.workspace.toLowerCase()) {
      throw notFound(address.workspace);
    }
    authorize(request.method, address, claims, options);
    if (unreadable) {
      throw badRequest("The request content was invalid and could not be deserialized.");
    }
    return workspace.act(address, request, url);
  }

  return {
    url,
    requests,
    incidents: () => workspace.incidents.all(),
    comments: (incident) => workspace.comments.of(incident),
    tasks: (incident) => workspace.tasks.of(incident),
    edit: (incident, changes) => workspace.incidents.edit(incident, changes),
    editTask: (incident, task, changes) =>
      workspace.tasks.edit(workspace.incidents.get(incident), task, changes),
    remove: (incident) => workspace.remove(incident),
    joinDefender: () => void (workspace.hasJoinedDefender = true),
    fail: (fault, plan = {}) => faults.add(fault, plan),
    heal: () => faults.clear(),
    stop,
  };
}

type GivenAnswer = Answer & { readonly headers: Readonly<Record<string, string>> };

const toAnswer = ({ status, body, headers }: Problem): GivenAnswer => ({ status, body, headers });

const throttled = (waitMs: number, retryAfter: boolean) =>
  new Problem(
    429,
    "TooManyRequests",
    "The request is being throttled.",
    retryAfter ? { "retry-after": String(Math.ceil(waitMs / 1000)) } : {},
  );

function send(response: ServerResponse, { status, body, headers }: GivenAnswer, halve: boolean) {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(halve ? 200 : status, {
    ...headers,
    ...(text !== "" && { "content-type": "application/json; charset=utf-8" }),
    "x-ms-request-id": randomUUID(),
    "x-stand-in": "sentinel",
  });
  response.end(halve ? text.slice(0, text.length / 2) : text);
}
