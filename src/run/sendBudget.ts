import { v4 } from "uuid";
import type { Detector } from "./detector.ts";
import type { DueItem } from "./ports.ts";
import type { SendFailure } from "./vitals.ts";

/** How long a claim keeps other runs away from an incident, in milliseconds. */
export const claimLength = 5 * 60_000;

/** How long a run sends, in milliseconds. The rest waits for the next run. */
const longestSending = 2 * 60_000;

/** What a run may still send, and its identity. */
export interface SendBudget {
  readonly owner: string;
  /** When claims taken now expire (epoch ms). Reading the log moves it. */
  claimUntil: number;
  readonly lane: DueItem["lane"];
  /** The number of incidents that may still be written in this run. */
  left: number;
  /**
   * Nothing is sent after this time (epoch ms), so that a slow sink does not delay reading. Reading the log moves
   * it.
   */
  until: number;
  /** Results of the attempts to send, by burst; null if it was sent. */
  readonly outcomes: Map<string, SendFailure | null>;
  /** Incidents that were already due, by burst. One that grows keeps its place in the queue. */
  readonly waiting: ReadonlyMap<string, DueItem>;
}

/**
 * The budget of a run that starts now, with claims of its own.
 *
 * @param due what was due when it started, as far as the run knows
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

/** Reports whether there is something to send. All other items are only watched. */
export function isPending({ incident, mergedInto }: DueItem): boolean {
  return incident !== null || mergedInto !== null;
}
