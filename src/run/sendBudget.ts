import { v4 } from "uuid";
import type { Detector } from "./detector.ts";
import type { DueItem } from "./ports.ts";
import type { SendFailure } from "./vitals.ts";

/** How long a claim keeps others away from an incident. */
export const claimLength = 5 * 60_000;

/** A run sends for this long; what is left then waits for the next. */
const longestSending = 2 * 60_000;

/** What a run may still send, and who it is. */
export interface SendBudget {
  readonly owner: string;
  /** Until when claims last that are taken now (epoch ms). Reading moves it. */
  claimUntil: number;
  readonly lane: DueItem["lane"];
  /** Incidents that may still be written in this run. */
  left: number;
  /** Nothing is sent after this (epoch ms), so that a slow sink does not hold up reading. Reading moves it. */
  until: number;
  /** What attempts to send came to, by burst; null where it was sent. */
  readonly outcomes: Map<string, SendFailure | null>;
  /** Incidents that were due before, by burst: one that grows keeps its place in the line. */
  readonly waiting: ReadonlyMap<string, DueItem>;
}

/**
 * What a run that starts now may send, under claims of its own.
 *
 * @param due what waited when it started, as far as the run knows
 */
export function newSendBudget(
  { clock, maxIncidentsPerRun }: Detector,
  lane: SendBudget["lane"],
  due: readonly DueItem[] = [],
): SendBudget {
  const now = clock.now();
  return {
    owner: v4(),
    claimUntil: now + claimLength,
    lane,
    left: maxIncidentsPerRun,
    until: now + longestSending,
    outcomes: new Map(),
    waiting: new Map(due.filter(isPending).map((item) => [item.burstId, item])),
  };
}

/** Whether something has to be sent; the other items are only watched. */
export function isPending({ incident, mergedInto }: DueItem): boolean {
  return incident !== null || mergedInto !== null;
}
