import { serveJobs } from "./jobDoor.ts";

// What is loaded here is a separate bundle, which timer runs never load.
serveJobs({
  name: "tune",
  word: "request to tune",
  read: async (...given) => (await import("./tuning.ts")).readTuneRequest(...given),
  describe: async (job) => (await import("./tuning.ts")).describeTune(job),
});
