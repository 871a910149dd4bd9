import type { DueItem, Progress, Range } from "./ports.ts";
import { addRows, noRhythm } from "./rhythm.ts";
import { isPending, type SendBudget } from "./sendBudget.ts";
import type { FailingSink, LogSeen, SendFailure, Vitals } from "./vitals.ts";

/** Longer steps (ms) catch up on the past, and say nothing about the hour in which they run. */
const longestCounted = 3_600_000;

export function vitalsBefore(progress: Progress | null, now: number): Vitals {
  return (
    progress?.vitals ?? {
      firstRunAt: now,
      behindRuns: 0,
      newestRowAt: null,
      rhythm: noRhythm,
      failing: [],
    }
  );
}

/** Adds the log rows of a step. */
export function withRows(vitals: Vitals, { from, to }: Range, seen: LogSeen | null): Vitals {
  if (seen === null) {
    return vitals;
  }
  const newest = Math.max(vitals.newestRowAt ?? -Infinity, seen.newestAt ?? -Infinity);
  const newestRowAt = newest === -Infinity ? null : newest;
  const isCounted = to - from <= longestCounted;
  return {
    ...vitals,
    newestRowAt,
    rhythm: isCounted ? addRows(vitals.rhythm, to, seen.rows) : vitals.rhythm,
  };
}

/**
 * Returns the sinks that delay current incidents. Items that a backfill found, that the cap left over, or that only
 * wait for their turn have not failed.
 *
 * @param due what was due when the run started
 * @param outcomes results of the run's own attempts, by burst; null if it was sent
 */
export function failingSinks(
  due: readonly DueItem[],
  outcomes: ReadonlyMap<string, SendFailure | null>,
): readonly FailingSink[] {
  const earlier = due
    .filter((item) => isPending(item) && item.lane === "live" && !outcomes.has(item.burstId))
    .map(({ failure }) => failure ?? null);
  const sinks = new Map<string, FailingSink>();
  for (const failure of [...outcomes.values(), ...earlier]) {
    for (const [sink, problem] of Object.entries(failure?.sinks ?? {})) {
      const known = sinks.get(sink);
      const since = failure?.since ?? 0;
      sinks.set(sink, {
        sink,
        since: Math.min(known?.since ?? since, since),
        incidents: (known?.incidents ?? 0) + 1,
        problem: known?.problem ?? problem,
      });
    }
  }
  return [...sinks.values()];
}

/**
 * Returns when the oldest incident became due that the run could have sent but did not get to. Findings of a backfill
 * and incidents beyond the cap do not count. Those that a sink refused are reported with the sink.
 *
 * @param due what waited when the run started
 */
export function oldestPending(
  due: readonly DueItem[],
  { outcomes, left }: Pick<SendBudget, "outcomes" | "left">,
): number | null {
  const times = due
    .filter((item) => isPending(item) && item.lane === "live" && item.failure === undefined)
    .filter((item) => left > 0 && !outcomes.has(item.burstId))
    .map(({ dueAt }) => dueAt);
  return times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
}
