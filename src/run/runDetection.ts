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
import { failingSinks, vitalsBefore, withRows } from "./keepVitals.ts";
import type { FailingSink } from "./vitals.ts";
import { accountKey } from "../detection/signin/account.ts";
import { formatTime } from "../detection/signin/time.ts";
import { noTotals, type RunTotals } from "./runTotals.ts";

/** A run ends after this, so that the host never has to end it; the next one goes on. */
const longestRun = 4 * 60_000;

/** Watches that a run drops at most; after a flood many end at once. */
const mostDropped = 500;

export interface RunSummary extends RunTotals {
  /** Watermark before and after. */
  readonly publishedFrom: number;
  readonly publishedTo: number;
  readonly steps: number;
  /** Incidents that wait to be sent. */
  readonly pending: number;
  /** There is more to read than the time of a run allows, or the log service had no room for more. */
  readonly behind: boolean;
  /** What could be seen in the last 24 hours. */
  readonly coverage: RecentCoverage;
  /** How far the end of what was read lies behind the start of the run, seconds. */
  readonly lagSeconds: number;
  /** Sinks that hold up what happens now, as in health. */
  readonly failing: readonly FailingSink[];
  /** All rows that the log got in the range, and `TimeGenerated` of the newest ever; null where not known. */
  readonly source: { readonly rows: number | null; readonly newestRowAt: string | null };
}

/**
 * One run on schedule: sends what earlier runs left, then reads everything published since the watermark.
 * The watermark moves over a step once all of it is recorded; a sink that fails never holds it.
 *
 * @throws UpstreamError when the log or the state cannot be reached; what was recorded until then holds
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
      // What a sink answered last stays while anything waits for it, also over runs that only wait.
      lastError: lastError ?? failing[0]?.problem ?? null,
      pending: Math.max(0, pendingBefore + work.due - work.sent),
      ruleStarts: ruleStarts(detector.rules, opening.progress, publishedFrom),
      coverage: history,
      vitals: { ...vitals, failing },
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
      // Where the first run begins is kept, so that the one after a first run that died begins there too.
      await store.saveProgress(progress(null, null));
    }
    await deliverOverdue(detector, opening.due, sending, work);
    const steps = sweep(
      detector,
      {
        by: "published",
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
      const { to, rows, isLast, seen } = step;
      run.publishedTo = to;
      history = addToHistory(history, rows, startedAt);
      run.steps++;
      vitals = withRows(vitals, step, seen);
      rowsSeen = seen === null ? rowsSeen : (rowsSeen ?? 0) + seen.rows;
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
      // Not a fault of this run: what it read is done, and the next one goes on from there.
      vitals = { ...vitals, behindRuns: vitals.behindRuns + 1 };
      await store.saveProgress(progress(before, problem));
      detector.log.warn("log service busy", { publishedTo: run.publishedTo, problem });
      return summary(true);
    }
    // The state itself may be what failed; the error that is thrown says so.
    await store.saveProgress(progress(before, problem)).catch(() => undefined);
    throw error;
  }
}

/** Warns once a day while failures do not say why as they used to. @returns the history, with that noted */
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
 * Where the very first run begins. A clock that is ahead must not put the watermark where the service has not
 * come yet: what is published until then would be skipped. Where the service does not answer, the run ends with
 * its reading anyway.
 */
async function firstBeginning(
  { source, initialLookbackMs }: Detector,
  startedAt: number,
  signal: AbortSignal,
): Promise<number> {
  const range = { from: startedAt - 1, to: startedAt };
  const nothing = { by: "published", range, users: [], shard: null } as const;
  const servedAt = await source.candidates(nothing, signal).then(
    (answer) => (answer.kind === "whole" ? answer.servedAt : Infinity),
    () => Infinity,
  );
  return Math.floor(Math.min(startedAt, servedAt)) - initialLookbackMs;
}

/** Watches that ended; measured by what was read, so that an outage ends none too early. */
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
  // Another run may have put something in its place meanwhile. What is read after the heads and is still over
  // then is dropped together with the head as it was read; where that fails, the next run sees to it.
  const heads = await inParallel(over, stateRequests, async ({ subject, burstId }) => {
    return [burstId, await store.readHead(subject, -Infinity)] as const;
  });
  const headOf = new Map(heads);
  const { due: current } = await store.open();
  // All of one head at once: each write replaces the head as it was read.
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
