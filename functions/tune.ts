import { app } from "@azure/functions";
import { answerJob, jobQueue, type JobDoor } from "./jobDoor.ts";

// What is loaded here is a separate bundle, which timer runs never load.
const tune: JobDoor = {
  name: "tune",
  word: "request to tune",
  read: async (...given) => (await import("./tuning.ts")).readTuneRequest(...given),
  describe: async (job) => (await import("./tuning.ts")).describeTune(job),
};

app.http("tune", {
  route: "tune/{id?}",
  methods: ["POST", "GET", "DELETE"],
  authLevel: "function",
  extraOutputs: [jobQueue],
  handler: (request, context) => answerJob(tune, request, context),
});
