import { v4 } from "uuid";
import type { Sending } from "./decideTouched.ts";
import type { Detector } from "./detector.ts";
import { claimLength, isPending } from "./deliverDue.ts";
import type { DueItem } from "./ports.ts";

/** A run sends for this long; what is left then waits for the next. */
const longestSending = 2 * 60_000;

/**
 * What a run that starts now may send, under claims of its own.
 *
 * @param due what waited when it started, as far as the run knows
 */
export function newSending(
  { clock, maxIncidentsPerRun }: Detector,
  lane: Sending["lane"],
  due: readonly DueItem[] = [],
): Sending {
  const now = clock.now();
  return {
    owner: v4(),
    claimUntil: now + claimLength,
    lane,
    left: maxIncidentsPerRun,
    until: now + longestSending,
    waiting: new Map(due.filter(isPending).map((item) => [item.burstId, item])),
  };
}
