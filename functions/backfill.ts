import { readBackfillRequest } from "../src/settings/backfillRequest.ts";
import { describeJob } from "./describeJob.ts";
import { serveJobs } from "./jobDoor.ts";
import { theApp } from "./theApp.ts";

serveJobs({
  name: "backfill",
  word: "backfill",
  read: async (...given) => readBackfillRequest(...given),
  describe: async (job) => describeJob(job, await theApp().dryFindingsOf(job)),
});
