import {
  app,
  output,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from "@azure/functions";
import type { Rule } from "../src/detection/rules/rule.ts";
import { endPart, planParts } from "../src/run/backfill.ts";
import { isFinished, type BackfillJob, type BackfillRequest } from "../src/run/backfillJob.ts";
import type { FieldProblem } from "../src/settings/backfillRequest.ts";
import { readingSignal } from "../src/settings/readingSignal.ts";
import type { Settings } from "../src/settings/settings.ts";
import { backfillQueue } from "./backfillQueue.ts";
import { contextLog } from "./contextLog.ts";
import { problem } from "./problem.ts";
import { readBody } from "./readBody.ts";
import { theApp } from "./theApp.ts";

/** The queue to which a job's first step is sent. */
const jobQueue = output.storageQueue(backfillQueue);

/** A kind of job that is requested over HTTP and processed by queue messages. */
export interface JobDoor {
  /** Its route below /api. */
  readonly name: "backfill" | "tune";
  /** The word for a job. */
  readonly word: string;
  readonly read: (
    body: string,
    settings: Settings,
    rules: readonly Rule[],
    now: number,
  ) => Promise<BackfillRequest | readonly FieldProblem[]>;
  readonly describe: (job: BackfillJob) => Promise<object>;
}

/**
 * Registers the function behind a door. One function serves all verbs: keys are per function, and whoever may start a
 * job may also follow and end it.
 */
export function serveJobs(door: JobDoor): void {
  app.http(door.name, {
    route: `${door.name}/{id?}`,
    methods: ["POST", "GET", "DELETE"],
    authLevel: "function",
    extraOutputs: [jobQueue],
    handler: (request, context) => answerJob(door, request, context),
  });
}

/** POST begins a job, GET shows it, and DELETE ends it. */
function answerJob(
  door: JobDoor,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const id = request.params["id"] ?? "";
  switch (request.method) {
    case "POST":
      return id === "" ? begin(door, request, context) : Promise.resolve(notFound(door));
    case "DELETE":
      return withJob(door, id, (job) => cancel(door, job));
    default:
      return withJob(door, id, async (job) => ({ jsonBody: await door.describe(job) }));
  }
}

async function begin(
  door: JobDoor,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const { settings, jobs, clock, rulesOf } = theApp();
  const body = await readBody(request);
  if (body === null) {
    return problem(413, "The body is larger than 16 KB.");
  }
  const signal = readingSignal();
  const rules = await Promise.all(
    settings.workspaces.map((workspace) => rulesOf(workspace, contextLog(context), signal)),
  );
  const asked = await door.read(body, settings, rules.flat(), clock.now());
  if ("length" in asked) {
    return problem(400, "The request cannot be carried out.", asked);
  }
  const job = await jobs.begin(asked, planParts(asked, clock.now()));
  // A job that was already started gets a new message as well, because that of its first request may have been lost.
  const [next] = job.parts.filter((part) => !isFinished(part));
  context.extraOutputs.set(
    jobQueue,
    next === undefined ? [] : [{ id: job.id, workspace: next.workspace }],
  );
  const statusUrl = new URL(`/api/${door.name}/${job.id}`, request.url).href;
  return { status: 202, headers: { location: statusUrl }, jsonBody: { id: job.id, statusUrl } };
}

async function cancel({ word }: JobDoor, job: BackfillJob): Promise<HttpResponseInit> {
  const ended = await Promise.all(
    job.parts.map(({ workspace }) => endPart(theApp().jobs, job.id, workspace, "cancelled")),
  );
  return ended.includes(true)
    ? { status: 202, jsonBody: { id: job.id } }
    : problem(409, `The ${word} is finished.`);
}

const notFound = ({ word }: JobDoor) => problem(404, `There is no such ${word}.`);

async function withJob(
  door: JobDoor,
  id: string,
  answer: (job: BackfillJob) => Promise<HttpResponseInit>,
): Promise<HttpResponseInit> {
  const job = /^[\da-f-]{36}$/.test(id) ? await theApp().jobs.read(id) : null;
  const isOfDoor = (job?.request.tune === undefined) === (door.name === "backfill");
  return job === null || !isOfDoor ? notFound(door) : answer(job);
}
