import { findShareFallen, readHistory, recentCoverage } from "./coverageHistory.ts";
import type { Progress } from "./ports.ts";
import { expectedRows } from "./rhythm.ts";

const minute = 60_000;

/** An incident or sink that fails for longer than this (ms) is a fault. */
const longestFailure = 30 * minute;

/** If the watermark lags behind by more than this (ms), runs do not keep up. */
const longestLag = 30 * minute;

const mostBehindRuns = 3;

/** The number of missing rows that is a fault. By chance this happens once in a billion times. */
const missed = 20;

/** Factor for a tenant whose rhythm is still unknown, which may rest over a weekend. */
const unknownRhythm = 3;

/** A problem in one sentence, and since when it exists (epoch ms; null: always). */
export interface Fault {
  readonly what:
    | "last-success"
    | "pending"
    | "sink"
    | "lag"
    | "behind"
    | "source"
    | "reasons"
    | "not-running"
    | "poison"
    | "rules"
    | "watchlist";
  readonly since: number | null;
  readonly problem: string;
}

export interface HealthLimits {
  readonly healthMaxAgeMs: number;
  readonly sourceMaxAgeMs: number;
}

/** What is known about a workspace besides its progress. */
export interface Circumstances {
  readonly now: number;
  /** When health was first requested, for an app that never ran (epoch ms). */
  readonly firstSeenAt: number;
  /** Whether the timer is switched off. */
  readonly isPaused: boolean;
  readonly isDryRun: boolean;
}

export interface Judgement {
  readonly healthy: boolean;
  readonly state: "running" | "no run yet" | "paused" | "no rows yet" | "dry run";
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** Judges one workspace by what its runs stored with the watermark. */
export function judgeHealth(
  progress: Progress | null,
  limits: HealthLimits,
  circumstances: Circumstances,
): Judgement {
  const { now, isPaused, isDryRun, firstSeenAt } = circumstances;
  const startedAt = progress?.vitals?.firstRunAt ?? firstSeenAt;
  if (progress === null || isPaused) {
    const since = progress?.lastRunAt ?? startedAt;
    const faults = now - since > limits.sourceMaxAgeMs ? [neverRuns(since, isPaused)] : [];
    return {
      healthy: faults.length === 0,
      state: isPaused ? "paused" : "no run yet",
      faults,
      warnings: faults.length > 0 ? [] : [isPaused ? pausedNote : waitingNote],
    };
  }
  const source = judgeSource(progress, limits, now);
  const faults = [
    ...judgeRuns(progress, limits, now),
    ...judgeSinks(progress, now),
    ...judgePending(progress, now),
    ...source.faults,
    ...judgeReasonShare(progress, now),
  ];
  const isEmpty = (progress.vitals?.newestRowAt ?? null) === null && progress.vitals !== undefined;
  return {
    healthy: faults.length === 0,
    state: isDryRun ? "dry run" : isEmpty ? "no rows yet" : "running",
    faults,
    warnings: [...source.warnings, ...unknownTexts(progress, now)],
  };
}

const pausedNote = "The timer `detect` is switched off, so nothing is detected.";
const waitingNote =
  "No run has started yet. The timer `detect` starts runs on its schedule; check that the function exists and is enabled.";

function neverRuns(since: number, isPaused: boolean): Fault {
  const problem = isPaused
    ? "The timer `detect` is switched off; nothing has been detected since"
    : "No run has started since the app was first seen: the timer does not fire";
  return { what: "not-running", since, problem };
}

function judgeRuns(
  { lastSuccessAt, lastRunAt, lastError, publishedTo, vitals }: Progress,
  { healthMaxAgeMs }: HealthLimits,
  now: number,
): readonly Fault[] {
  const faults: Fault[] = [];
  const since = lastSuccessAt ?? vitals?.firstRunAt ?? lastRunAt;
  if (now - since > healthMaxAgeMs) {
    const isRunning = now - lastRunAt <= healthMaxAgeMs;
    const why = isRunning
      ? `runs fail: ${lastError ?? "no reason is recorded"}`
      : "no run has started since; the timer does not fire, or the host is down";
    faults.push({ what: "last-success", since, problem: `The last success is too old: ${why}` });
  }
  // The time since the last run is judged above. This is what the run could not read.
  const lag = lastRunAt - publishedTo;
  if (vitals !== undefined && lag > longestLag && lastSuccessAt !== null) {
    const problem = `Runs read ${minutes(lag)} behind the present`;
    faults.push({ what: "lag", since: publishedTo, problem });
  }
  if ((vitals?.behindRuns ?? 0) >= mostBehindRuns) {
    const problem = `The last ${vitals?.behindRuns} runs did not have time to read everything`;
    faults.push({ what: "behind", since: publishedTo, problem });
  }
  return faults;
}

function judgeSinks({ vitals }: Progress, now: number): readonly Fault[] {
  return (vitals?.failing ?? [])
    .filter(({ since }) => now - since > longestFailure)
    .map(({ sink, since, incidents, problem }) => ({
      what: "sink" as const,
      since,
      problem: `The sink ${sink} has not accepted ${incidents} incident${incidents === 1 ? "" : "s"} for ${minutes(now - since)}: ${problem}`,
    }));
}

/** Sending can also fail because runs end, or are ended, before they get to it. */
function judgePending({ vitals, pending }: Progress, now: number): readonly Fault[] {
  const since = vitals?.oldestPendingAt ?? null;
  if (since === null || now - since <= longestFailure) {
    return [];
  }
  const problem = `The oldest of ${pending} incidents to be sent has waited for ${minutes(now - since)}, and no sink refused it: runs end before they send it`;
  return [{ what: "pending", since, problem }];
}

function judgeSource(
  { vitals, lastRunAt }: Progress,
  { sourceMaxAgeMs }: HealthLimits,
  now: number,
): Pick<Judgement, "faults" | "warnings"> {
  if (vitals === undefined) {
    return { faults: [], warnings: [] };
  }
  const { newestRowAt, firstRunAt, rhythm } = vitals;
  if (newestRowAt === null) {
    const problem =
      "SigninLogs has had no row since the first run: is the diagnostic setting SignInLogs of Microsoft Entra ID connected to this workspace?";
    return now - firstRunAt > sourceMaxAgeMs
      ? { faults: [{ what: "source", since: firstRunAt, problem }], warnings: [] }
      : { faults: [], warnings: ["SigninLogs has had no row yet."] };
  }
  // Nothing is known about the time after the last run.
  const silence = lastRunAt - newestRowAt;
  const { known, guessed } = expectedRows(rhythm, newestRowAt, lastRunAt);
  const told = `SigninLogs fell silent ${minutes(silence)} ago`;
  const isLong = silence > sourceMaxAgeMs;
  if (isLong && (known >= missed || silence > unknownRhythm * sourceMaxAgeMs)) {
    const problem = `${told}; about ${Math.round(known)} rows were expected: sign-in logs may no longer be sent to the workspace (diagnostic setting, quota, or ingestion)`;
    return { faults: [{ what: "source", since: newestRowAt, problem }], warnings: [] };
  }
  return guessed >= missed
    ? {
        faults: [],
        warnings: [`${told}; about ${Math.round(guessed)} rows are usual for this time.`],
      }
    : { faults: [], warnings: [] };
}

/** Refusals are recognised by their texts. If failures lose their texts, nothing is found any more. */
function judgeReasonShare({ coverage }: Progress, now: number): readonly Fault[] {
  const history = readHistory(coverage);
  const fallen = findShareFallen(history, now);
  if (fallen === null) {
    return [];
  }
  const { mfaFailures, withReason } = fallen;
  const problem = `Only ${withReason} of ${mfaFailures} MFA failures in 24 hours give a reason, so refusals may go unseen; check that the diagnostic setting sends AuthenticationDetails and Status in full`;
  return [{ what: "reasons", since: history.warnedAt, problem }];
}

function unknownTexts({ coverage }: Progress, now: number): readonly string[] {
  return recentCoverage(readHistory(coverage), [], now).unknownTexts.map(
    ({ text, count }) =>
      `An unknown MFA text appeared ${count} time${count === 1 ? "" : "s"} in 24 hours: ${text}`,
  );
}

function minutes(ms: number): string {
  const count = Math.round(ms / minute);
  return count < 120 ? `${count} minutes` : `${Math.round(count / 60)} hours`;
}
