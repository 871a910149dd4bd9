import type { BackfillJob } from "../src/run/backfillJob.ts";
import { describeProgress } from "./describeJob.ts";

export { tunePart } from "../src/run/tuneHistory.ts";
export { readTuneRequest } from "../src/settings/backfillRequest.ts";

/** Describes a request to tune, with the result of each workspace that is done. */
export function describeTune(job: BackfillJob): object {
  return {
    ...describeProgress(job),
    rule: job.request.tune,
    workspaces: job.parts.map(({ workspace, state, tuned = null }) => ({
      workspace,
      state,
      result: tuned,
    })),
  };
}
