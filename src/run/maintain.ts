import type { Detector } from "./detector.ts";
import type { Progress } from "./ports.ts";
import { newSendBudget } from "./sendBudget.ts";
import { cutAtStarts, ruleStarts } from "./ruleStarts.ts";
import { sweep } from "./sweep.ts";
import { noTotals, type RunTotals } from "./runTotals.ts";

/** The range that is read again every day (ms). It catches rows that runs missed for any reason. */
const secondLook = 3 * 86_400_000;

/** The second look begins no further step after this time (ms). The next day's continues where it ended. */
const longestLook = 7 * 60_000;

export interface MaintenanceSummary extends RunTotals {
  readonly pruned: number;
  /** Whether the second look had no time for everything. The next one continues from there. */
  readonly behind: boolean;
}

/** Does the daily work on one workspace: forgets what is beyond retention, and reads the last days again. */
export async function maintain(
  detector: Detector,
  signal: AbortSignal,
): Promise<MaintenanceSummary> {
  const { store, clock, retentionMs } = detector;
  const startedAt = clock.now();
  // First, because it is short.
  const pruned = await store.prune(startedAt - retentionMs);
  const progress = await store.readProgress();
  const work = noTotals();
  const until = startedAt + longestLook;
  const behind = progress !== null && (await lookAgain(detector, progress, until, work, signal));
  return { ...work, pruned, behind };
}

/**
 * Reads the last days again, starting where an earlier look ended if that is longer ago. Records its progress after
 * each step.
 *
 * @returns whether there is more to read
 */
async function lookAgain(
  detector: Detector,
  progress: Progress,
  until: number,
  work: RunTotals,
  signal: AbortSignal,
): Promise<boolean> {
  const { rules, store, clock } = detector;
  const to = progress.publishedTo;
  const range = { from: Math.min(to - secondLook, progress.lookedAgainTo ?? to), to };
  const sending = newSendBudget(detector, "live");
  const parts = cutAtStarts(range, rules, ruleStarts(rules, progress, to));
  for (const { range: part, rules: inUse } of parts) {
    const asked = { by: "ingested", range: part } as const;
    for await (const step of sweep({ ...detector, rules: inUse }, asked, sending, work, signal)) {
      await store.saveLookedAgain(step.to);
      if (step.to < to && clock.now() >= until) {
        return true;
      }
    }
  }
  return false;
}
