import type { WouldOpen } from "../src/run/wouldOpen.ts";
import { stateOf, type BackfillJob, type BackfillPart } from "../src/run/backfillJob.ts";

/**
 * Describes a backfill for its status page.
 *
 * @param findings what it would have opened, for a dry run
 */
export function describeJob(
  job: BackfillJob,
  findings: readonly (WouldOpen & { readonly workspace: string })[],
) {
  const { request, parts } = job;
  const { errors, ...progress } = describeProgress(job);
  return {
    ...progress,
    dryRun: request.dryRun,
    counts: {
      ...progress.counts,
      opened: sum(parts, ({ counts }) => counts.opened),
      updated: sum(parts, ({ counts }) => counts.updated),
    },
    errors,
    ...(request.dryRun && { findings }),
  };
}

/** How far any job has come. */
export function describeProgress({ id, request, parts }: BackfillJob) {
  return {
    id,
    state: stateOf(parts),
    from: new Date(request.from).toISOString(),
    to: new Date(request.to).toISOString(),
    progress: {
      slicesDone: sum(parts, ({ slicesDone }) => slicesDone),
      slices: sum(parts, ({ slices }) => slices),
    },
    counts: {
      rows: sum(parts, ({ counts }) => counts.rows),
      denials: sum(parts, ({ counts }) => counts.denials),
    },
    errors: parts.flatMap(({ workspace, errors }) =>
      errors.map((error) => `${workspace}: ${error}`),
    ),
  };
}

function sum(parts: readonly BackfillPart[], count: (part: BackfillPart) => number): number {
  return parts.reduce((total, part) => total + count(part), 0);
}
