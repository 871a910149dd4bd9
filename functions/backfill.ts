import {
  app,
  output,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from "@azure/functions";
import { endPart, planParts } from "../src/run/backfill.ts";
import { isFinished, type BackfillJob } from "../src/run/backfillJob.ts";
import { readBackfillRequest } from "../src/settings/backfillRequest.ts";
import { backfillQueue } from "./backfillQueue.ts";
import { contextLog } from "./contextLog.ts";
import { describeJob } from "./describeJob.ts";
import { problem } from "./problem.ts";
import { readBody } from "./readBody.ts";
import { readingSignal } from "./readingSignal.ts";
import { theApp } from "./theApp.ts";

const queue = output.storageQueue(backfillQueue);

// One function for all verbs, because keys are per function, and whoever may start a backfill may also follow and end
// it.
app.http("backfill", {
  route: "backfill/{id?}",
  methods: ["POST", "GET", "DELETE"],
  authLevel: "function",
  extraOutputs: [queue],
  handler: (request, context) => {
    const id = request.params["id"] ?? "";
    switch (request.method) {
      case "POST":
        return id === "" ? begin(request, context) : notFound;
      case "DELETE":
        return withJob(id, cancel);
      default:
        return withJob(id, async (job) => ({
          jsonBody: describeJob(job, await theApp().dryFindingsOf(job)),
        }));
    }
  },
});

async function begin(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { settings, jobs, clock, rulesOf } = theApp();
  const body = await readBody(request);
  if (body === null) {
    return problem(413, "The body is larger than 16 KB.");
  }
  const signal = readingSignal();
  const rules = await Promise.all(
    settings.workspaces.map((workspace) => rulesOf(workspace, contextLog(context), signal)),
  );
  const asked = readBackfillRequest(body, settings, rules.flat(), clock.now());
  if ("length" in asked) {
    return problem(400, "The request cannot be carried out.", asked);
  }
  const job = await jobs.begin(asked, planParts(asked, clock.now()));
  // A job that was already started gets a new message as well, because that of its first request may have been lost.
  const [next] = job.parts.filter((part) => !isFinished(part));
  context.extraOutputs.set(
    queue,
    next === undefined ? [] : [{ id: job.id, workspace: next.workspace }],
  );
  const statusUrl = new URL(`/api/backfill/${job.id}`, request.url).href;
  return { status: 202, headers: { location: statusUrl }, jsonBody: { id: job.id, statusUrl } };
}

async function cancel(job: BackfillJob): Promise<HttpResponseInit> {
  const ended = await Promise.all(
    job.parts.map(({ workspace }) => endPart(theApp().jobs, job.id, workspace, "cancelled")),
  );
  return ended.includes(true)
    ? { status: 202, jsonBody: { id: job.id } }
    : problem(409, "The backfill is finished.");
}

const notFound = problem(404, "There is no such backfill.");

async function withJob(
  id: string,
  answer: (job: BackfillJob) => Promise<HttpResponseInit>,
): Promise<HttpResponseInit> {
  const job = /^[\da-f-]{36}$/.test(id) ? await theApp().jobs.read(id) : null;
  return job === null ? notFound : answer(job);
}
