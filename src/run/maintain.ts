import type { Detector } from "./detector.ts";
import { newSendBudget } from "./sendBudget.ts";
import { cutAtStarts, ruleStarts } from "./ruleStarts.ts";
import { sweep } from "./sweep.ts";
import { noTotals, type RunTotals } from "./runTotals.ts";

/** Read again every day, as a net under everything that could make a run miss a row. */
const secondLook = 3 * 86_400_000;

export interface MaintenanceSummary extends RunTotals {
  readonly pruned: number;
}

/** The daily work on one workspace: forget what is beyond retention, and read the last days again. */
export async function maintain(
  detector: Detector,
  signal: AbortSignal,
): Promise<MaintenanceSummary> {
  const { store, clock, retentionMs } = detector;
  const work = noTotals();
  // First, because it is short: a second look at a full log may run out of time every day.
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
      const steps = sweep(
        { ...detector, rules },
        { by: "published", range },
        sending,
        work,
        signal,
      );
      for await (const _ of steps) {
        // Everything happens in the steps.
      }
    }
  }
  return { ...work, pruned };
}
