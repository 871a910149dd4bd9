import { app, output, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import { endPart, planParts } from "../src/run/backfill.ts";
import { isFinished, type BackfillJob } from "../src/run/backfillJob.ts";
import { readBackfillRequest } from "../src/settings/backfillRequest.ts";
import { backfillQueue } from "./backfillQueue.ts";
import { describeJob } from "./describeJob.ts";
import { problem } from "./problem.ts";
import { readBody } from "./readBody.ts";
import { theApp } from "./theApp.ts";

const queue = output.storageQueue(backfillQueue);

app.http("backfill", {
  route: "backfill",
  methods: ["POST"],
  authLevel: "function",
  extraOutputs: [queue],
  handler: async (request, context) => {
    const { settings, jobs, clock } = theApp();
    const body = await readBody(request);
    if (body === null) {
      return problem(413, "The body is larger than 16 KB.");
    }
    const asked = readBackfillRequest(body, settings, clock.now());
    if ("length" in asked) {
      return problem(400, "The request cannot be carried out.", asked);
    }
    const job = await jobs.begin(asked, planParts(asked, clock.now()));
    // A job that was begun before gets new messages too: the ones of its first request may have been lost.
    const unfinished = job.parts.filter((part) => !isFinished(part));
    const messages = unfinished.map(({ workspace }) => ({ id: job.id, workspace }));
    context.extraOutputs.set(queue, messages);
    const statusUrl = new URL(`/api/backfill/${job.id}`, request.url).href;
    return { status: 202, headers: { location: statusUrl }, jsonBody: { id: job.id, statusUrl } };
  },
});

app.http("backfillStatus", {
  route: "backfill/{id}",
  methods: ["GET"],
  authLevel: "function",
  handler: (request) => withJob(request, async (job) => ({ jsonBody: describeJob(job) })),
});

app.http("backfillCancel", {
  route: "backfill/{id}",
  methods: ["DELETE"],
  authLevel: "function",
  handler: (request) =>
    withJob(request, async (job) => {
      const ended = await Promise.all(
        job.parts.map(({ workspace }) => endPart(theApp().jobs, job.id, workspace, "cancelled")),
      );
      return ended.includes(true)
        ? { status: 202, jsonBody: { id: job.id } }
        : problem(409, "The backfill is finished.");
    }),
});

async function withJob(
  request: HttpRequest,
  answer: (job: BackfillJob) => Promise<HttpResponseInit>,
): Promise<HttpResponseInit> {
  const id = request.params["id"] ?? "";
  const job = /^[\da-f-]{36}$/.test(id) ? await theApp().jobs.read(id) : null;
  return job === null ? problem(404, "There is no such backfill.") : answer(job);
}
