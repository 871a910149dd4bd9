import type { WouldOpen } from "../src/run/wouldOpen.ts";
import { stateOf, type BackfillJob, type BackfillPart } from "../src/run/backfillJob.ts";

/**
 * Describes a backfill for its status page.
 *
 * @param findings what it would have opened, for a dry run
 */
export function describeJob(
  { id, request, parts }: BackfillJob,
  findings: readonly (WouldOpen & { readonly workspace: string })[],
) {
  const sum = (count: (part: BackfillPart) => number) =>
    parts.reduce((total, part) => total + count(part), 0);
  return {
    id,
    state: stateOf(parts),
    from: new Date(request.from).toISOString(),
    to: new Date(request.to).toISOString(),
    dryRun: request.dryRun,
    progress: {
      slicesDone: sum(({ slicesDone }) => slicesDone),
      slices: sum(({ slices }) => slices),
    },
    counts: {
      rows: sum(({ counts }) => counts.rows),
      denials: sum(({ counts }) => counts.denials),
      opened: sum(({ counts }) => counts.opened),
      updated: sum(({ counts }) => counts.updated),
    },
    errors: parts.flatMap(({ workspace, errors }) =>
      errors.map((error) => `${workspace}: ${error}`),
    ),
    ...(request.dryRun && { findings }),
  };
}
