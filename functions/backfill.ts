import { app } from "@azure/functions";
import { readBackfillRequest } from "../src/settings/backfillRequest.ts";
import { describeJob } from "./describeJob.ts";
import { answerJob, jobQueue, type JobDoor } from "./jobDoor.ts";
import { theApp } from "./theApp.ts";

const backfill: JobDoor = {
  name: "backfill",
  word: "backfill",
  read: async (...given) => readBackfillRequest(...given),
  describe: async (job) => describeJob(job, await theApp().dryFindingsOf(job)),
};

// One function for all verbs, because keys are per function, and whoever may start a backfill may also follow and end
// it.
app.http("backfill", {
  route: "backfill/{id?}",
  methods: ["POST", "GET", "DELETE"],
  authLevel: "function",
  extraOutputs: [jobQueue],
  handler: (request, context) => answerJob(backfill, request, context),
});
