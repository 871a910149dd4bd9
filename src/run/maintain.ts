import type { Detector } from "./detector.ts";
import { newSendBudget } from "./sendBudget.ts";
import { cutAtStarts, ruleStarts } from "./ruleStarts.ts";
import { sweep } from "./sweep.ts";
import { noTotals, type RunTotals } from "./runTotals.ts";

/** The range that is read again every day (ms). It catches rows that runs missed for any reason. */
const secondLook = 3 * 86_400_000;

export interface MaintenanceSummary extends RunTotals {
  readonly pruned: number;
}

/** Does the daily work on one workspace: forgets what is beyond retention, and reads the last days again. */
export async function maintain(
  detector: Detector,
  signal: AbortSignal,
): Promise<MaintenanceSummary> {
  const { store, clock, retentionMs } = detector;
  const work = noTotals();
  // First, because it is short. The second look at a full log may run out of time every day.
  const pruned = await store.prune(clock.now() - retentionMs);
  const progress = await store.readProgress();
  if (progress !== null) {
    const to = progress.publishedTo;
    const starts = ruleStarts(detector.rules, progress, to);
    const sending = newSendBudget(detector, "live");
    for (const { range, rules } of cutAtStarts(
      { from: to - secondLook, to },
      detector.rules,
      starts,
    )) {
      const steps = sweep({ ...detector, rules }, { by: "ingested", range }, sending, work, signal);
      for await (const _ of steps) {
        // All work happens in the steps.
      }
    }
  }
  return { ...work, pruned };
}
