import { findShareFallen, readHistory, recentCoverage } from "./coverageHistory.ts";
import type { Progress } from "./ports.ts";
import { expectedRows } from "./rhythm.ts";

const minute = 60_000;

/** An incident that fails, or a sink, for longer than this is a fault. */
const longestFailure = 30 * minute;

/** Where the end of what was read lies further back than this, runs do not keep up. */
const longestLag = 30 * minute;

const mostBehindRuns = 3;

/** So many rows that should have come are missed by chance once in a billion times. */
const missed = 20;

/** A tenant of which no rhythm is known yet may rest over a weekend. */
const unknownRhythm = 3;

/** What is wrong, since when (epoch ms; null: always), in a sentence. */
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
    | "poison";
  readonly since: number | null;
  readonly problem: string;
}

export interface HealthLimits {
  readonly healthMaxAgeMs: number;
  readonly sourceMaxAgeMs: number;
}

/** What is known of a workspace beside its progress. */
export interface Circumstances {
  readonly now: number;
  /** When health was asked for the first time, for an app that never ran. */
  readonly firstSeenAt: number;
  /** The timer is switched off. */
  readonly isPaused: boolean;
  readonly isDryRun: boolean;
}

export interface Judgement {
  readonly healthy: boolean;
  readonly state: "running" | "no run yet" | "paused" | "no rows yet" | "dry run";
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** Judges one workspace by what its runs left with the watermark. */
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
  "No run has started yet. The timer `detect` starts one by its schedule; see that the function is there and enabled.";

function neverRuns(since: number, isPaused: boolean): Fault {
  const problem = isPaused
    ? "The timer `detect` is switched off, and nothing was detected since"
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
  // The time since the last run is told above; this is what a run could not read.
  const lag = lastRunAt - publishedTo;
  if (vitals !== undefined && lag > longestLag && lastSuccessAt !== null) {
    const problem = `Runs read ${minutes(lag)} behind the present`;
    faults.push({ what: "lag", since: publishedTo, problem });
  }
  if ((vitals?.behindRuns ?? 0) >= mostBehindRuns) {
    const problem = `The last ${vitals?.behindRuns} runs had more to read than time`;
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
      problem: `The sink ${sink} has not taken ${incidents} incident${incidents === 1 ? "" : "s"} for ${minutes(now - since)}: ${problem}`,
    }));
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
  // What came after the last run is not known.
  const silence = lastRunAt - newestRowAt;
  const { known, guessed } = expectedRows(rhythm, newestRowAt, lastRunAt);
  const told = `SigninLogs fell silent ${minutes(silence)} ago`;
  const isLong = silence > sourceMaxAgeMs;
  if (isLong && (known >= missed || silence > unknownRhythm * sourceMaxAgeMs)) {
    const problem = `${told}, when about ${Math.round(known)} rows should have come: sign-in logs may no longer be sent to the workspace (diagnostic setting, quota, or ingestion)`;
    return { faults: [{ what: "source", since: newestRowAt, problem }], warnings: [] };
  }
  return guessed >= missed
    ? { faults: [], warnings: [`${told}; at such hours about ${Math.round(guessed)} rows come.`] }
    : { faults: [], warnings: [] };
}

/** Refusals are told by texts: where failures lose theirs, nothing is found any more. */
function judgeReasonShare({ coverage }: Progress, now: number): readonly Fault[] {
  const history = readHistory(coverage);
  const fallen = findShareFallen(history, now);
  if (fallen === null) {
    return [];
  }
  const { mfaFailures, withReason } = fallen;
  const problem = `Of ${mfaFailures} MFA failures in 24 hours ${withReason} say why: refusals may go unseen; see that the diagnostic setting sends AuthenticationDetails and Status whole`;
  return [{ what: "reasons", since: history.warnedAt, problem }];
}

function unknownTexts({ coverage }: Progress, now: number): readonly string[] {
  return recentCoverage(readHistory(coverage), [], now).unknownTexts.map(
    ({ text, count }) =>
      `An MFA text of no known class came ${count} time${count === 1 ? "" : "s"} in 24 hours: ${text}`,
  );
}

function minutes(ms: number): string {
  const count = Math.round(ms / minute);
  return count < 120 ? `${count} minutes` : `${Math.round(count / 60)} hours`;
}
