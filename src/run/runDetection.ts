import { stateRequests } from "./accountCases.ts";
import { deliverOverdue } from "./deliverDue.ts";
import {
  addToHistory,
  noteShare,
  readHistory,
  recentCoverage,
  type CoverageHistory,
  type RecentCoverage,
} from "./coverageHistory.ts";
import type { Detector } from "./detector.ts";
import { inParallel } from "./inParallel.ts";
import type { DueItem, SubjectRecord, Progress } from "./ports.ts";
import { readWatched } from "./readWatched.ts";
import { isPending, newSendBudget } from "./sendBudget.ts";
import { ruleStarts } from "./ruleStarts.ts";
import { sweep } from "./sweep.ts";
import { UpstreamError } from "./upstreamError.ts";
import { failingSinks, oldestPending, vitalsBefore, withRows } from "./keepVitals.ts";
import type { FailingSink } from "./vitals.ts";
import { accountKey } from "../detection/signin/account.ts";
import { formatTime } from "../detection/signin/time.ts";
import { noTotals, type RunTotals } from "./runTotals.ts";

/** A run ends after this time (ms), before the host would end it. The next run continues. */
const longestRun = 4 * 60_000;

/** The number of watches a run drops. After a flood, many end at once. */
const mostDropped = 500;

export interface RunSummary extends RunTotals {
  /** The watermark before and after the run. */
  readonly publishedFrom: number;
  readonly publishedTo: number;
  readonly steps: number;
  /** The number of incidents waiting to be sent. */
  readonly pending: number;
  /** Whether rows are left to read, because the run had no more time or the log service was too busy. */
  readonly behind: boolean;
  /** What could be seen in the last 24 hours. */
  readonly coverage: RecentCoverage;
  /** How far the watermark lies behind the start of the run, in seconds. */
  readonly lagSeconds: number;
  /** Sinks that delay current incidents, as in health. */
  readonly failing: readonly FailingSink[];
  /** All rows that the log got in the range, and the newest `TimeGenerated` ever; null if unknown. */
  readonly source: { readonly rows: number | null; readonly newestRowAt: string | null };
}

/**
 * One scheduled run. It sends what earlier runs left, then reads everything ingested since the watermark. The
 * watermark moves past a step once the whole step is recorded. A failing sink never stops it.
 *
 * @throws UpstreamError if the log or the state cannot be reached; everything recorded before that stays recorded
 */
export async function runDetection(detector: Detector, signal: AbortSignal): Promise<RunSummary> {
  const { store, clock } = detector;
  const startedAt = clock.now();
  const opening = await store.open();
  const publishedFrom =
    opening.progress?.publishedTo ?? (await firstBeginning(detector, startedAt, signal));
  const end = startedAt - detector.ingestionSafetyMs;
  const run = { publishedTo: publishedFrom, steps: 0 };
  let followedTo = opening.progress?.followedTo;
  let vitals = vitalsBefore(opening.progress, startedAt);
  let rowsSeen: number | null = null;
  const sending = newSendBudget(detector, "live", opening.due);
  const work = noTotals();
  const pendingBefore = opening.due.filter(isPending).length;
  const progress = (lastSuccessAt: number | null, lastError: string | null): Progress => {
    const failing = failingSinks(opening.due, sending.outcomes);
    return {
      publishedTo: run.publishedTo,
      ...(followedTo === undefined ? {} : { followedTo }),
      lastRunAt: startedAt,
      lastSuccessAt,
      // The last answer of a sink is kept as long as anything waits for it, even through runs that send nothing.
      lastError: lastError ?? failing[0]?.problem ?? null,
      pending: Math.max(0, pendingBefore + work.due - work.sent),
      ruleStarts: ruleStarts(detector.rules, opening.progress, publishedFrom),
      coverage: history,
      vitals: {
        ...vitals,
        failing,
        oldestPendingAt: oldestPending(opening.due, sending),
      },
    };
  };
  const summary = (behind: boolean): RunSummary => {
    const { pending, vitals: after } = progress(null, null);
    return {
      ...work,
      ...run,
      publishedFrom,
      pending,
      behind,
      lagSeconds: Math.round((startedAt - run.publishedTo) / 1000),
      failing: after?.failing ?? [],
      coverage: recentCoverage(history, detector.rules, startedAt),
      source: {
        rows: rowsSeen,
        newestRowAt: vitals.newestRowAt === null ? null : formatTime(vitals.newestRowAt),
      },
    };
  };
  const before = opening.progress?.lastSuccessAt ?? null;
  let history = readHistory(opening.progress?.coverage);
  try {
    if (opening.progress === null) {
      // Stores where the first run begins. If that run dies, the next one begins there, too.
      await store.saveProgress(progress(null, null));
    }
    await deliverOverdue(detector, opening.due, sending, work);
    const steps = sweep(
      detector,
      {
        by: "ingested",
        range: { from: publishedFrom, to: end },
        alsoActive: async (range) => {
          const from = Math.min(range.from, followedTo ?? range.from);
          const read = await readWatched(detector, opening.due, range, from, signal);
          followedTo = read.followedTo ?? undefined;
          return read.accounts;
        },
      },
      sending,
      work,
      signal,
    );
    for await (const step of steps) {
      const { to, isLast, pages } = step;
      run.publishedTo = to;
      run.steps++;
      for (const page of pages) {
        const { rows, seen } = page;
        history = addToHistory(history, rows, startedAt);
        vitals = withRows(vitals, page, seen);
        rowsSeen = seen === null ? rowsSeen : (rowsSeen ?? 0) + seen.rows;
      }
      if (clock.now() - startedAt > longestRun) {
        break;
      }
      if (!isLast) {
        await store.saveProgress(progress(before, null));
      }
    }
    await dropWatched(detector, opening.due, run.publishedTo);
    history = sayShare(detector, history, startedAt);
    const behind = run.publishedTo < end;
    vitals = { ...vitals, behindRuns: behind ? vitals.behindRuns + 1 : 0 };
    await store.saveProgress(progress(clock.now(), work.errors[0] ?? null));
    return summary(behind);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    if (error instanceof UpstreamError && error.isBusy && !signal.aborted) {
      // This is not an error of the run. What it read is done, and the next run continues from there.
      vitals = { ...vitals, behindRuns: vitals.behindRuns + 1 };
      await store.saveProgress(progress(before, problem));
      detector.log.warn("log service busy", { publishedTo: run.publishedTo, problem });
      return summary(true);
    }
    // The state itself may have failed; the error thrown below says so.
    await store.saveProgress(progress(before, problem)).catch(() => undefined);
    throw error;
  }
}

/** Warns once a day while fewer failures than usual give a reason. @returns the history, with the warning noted */
function sayShare(
  { log, workspaceId }: Detector,
  before: CoverageHistory,
  now: number,
): CoverageHistory {
  const { history, warning } = noteShare(before, now);
  if (warning !== null) {
    log.warn("MFA failures lack reasons", { workspaceId, ...warning });
  }
  return history;
}

/**
 * Returns where the very first run begins. If the local clock is ahead, the watermark must not pass the service's
 * own time, or rows ingested until then would be skipped. If the service does not answer, the run fails at its
 * first read anyway.
 */
async function firstBeginning(
  { source, initialLookbackMs }: Detector,
  startedAt: number,
  signal: AbortSignal,
): Promise<number> {
  const range = { from: startedAt - 1, to: startedAt };
  const nothing = { by: "ingested", range, users: [], shard: null } as const;
  const servedAt = await source.candidates(nothing, signal).then(
    (answer) => (answer.kind === "whole" ? answer.servedAt : Infinity),
    () => Infinity,
  );
  return Math.floor(Math.min(startedAt, servedAt)) - initialLookbackMs;
}

/** Drops watches that have ended. Their end is compared with the watermark, so that an outage ends none early. */
async function dropWatched(
  { store }: Detector,
  due: readonly DueItem[],
  readTo: number,
): Promise<void> {
  const isOver = (item: DueItem) => !isPending(item) && (item.watch?.until ?? 0) <= readTo;
  const over = due.filter(isOver).slice(0, mostDropped);
  if (over.length === 0) {
    return;
  }
  // Another run may have replaced a watch in the meantime. So the watches are read again after the heads, and those
  // that are still over are dropped together with their head as read. If that write fails, the next run drops them.
  const heads = await inParallel(over, stateRequests, async ({ subject, burstId }) => {
    return [burstId, await store.readHead(subject, -Infinity)] as const;
  });
  const headOf = new Map(heads);
  const { due: current } = await store.open();
  // All watches of one head are dropped together, because each write replaces the head as read.
  const ending = new Map<string, { readonly head: SubjectRecord; readonly drop: DueItem[] }>();
  for (const item of current.filter(isOver)) {
    const head = headOf.get(item.burstId);
    if (head !== undefined) {
      const key = JSON.stringify([head.subject.rule, accountKey(head.subject)]);
      const known = ending.get(key) ?? { head, drop: [] };
      known.drop.push(item);
      ending.set(key, known);
    }
  }
  await inParallel([...ending.values()], stateRequests, (change) => store.write(change));
}
