import type { Rule } from "../detection/rules/rule.ts";
import type { Fields } from "../detection/signin/fields.ts";
import { formatTime } from "../detection/signin/time.ts";
import { inKnownWords } from "../detection/signin/vocabulary.ts";
import { judgeReasons, type UnknownText, type Verdict } from "./coverage.ts";
import { later, tallyRecords } from "./coverageTally.ts";

/** How long hours are remembered, in hours. */
const recentHours = 24;
const earlierHours = 7 * 24;

/** The number of texts remembered. */
const mostTexts = 20;

/** With fewer failures than this in a day, a share means nothing. */
const fewestFailures = 20;

/**
 * What the runs of the last eight days could see, by the hour in which rows were read. It is stored with the
 * watermark, so it costs no extra request, and takes a few kilobytes at most. It contains only counts, and MFA
 * texts in Microsoft's own words.
 */
export interface CoverageHistory {
  readonly version: 1;
  /** Hours in which rows were read, oldest first. */
  readonly hours: readonly HourSeen[];
  /** Unknown texts of the last day, each with its rows by hour. */
  readonly texts: readonly {
    readonly text: string;
    readonly hours: readonly (readonly [hour: number, rows: number])[];
  }[];
  /** Time of the newest row ever read (epoch ms). */
  readonly newestRow: number | null;
  /**
   * When the last warning about a fallen share was logged (epoch ms). Null if there was none, or the share has
   * risen since.
   */
  readonly warnedAt: number | null;
}

type HourSeen = readonly [
  /** Hours since the epoch. */
  hour: number,
  rows: number,
  badRecords: number,
  mfaFailures: number,
  withReason: number,
];

const nothing: CoverageHistory = {
  version: 1,
  hours: [],
  texts: [],
  newestRow: null,
  warnedAt: null,
};

/** Returns what an earlier run stored, or an empty history if there is none or its shape is unknown to this version. */
export function readHistory(stored: CoverageHistory | null | undefined): CoverageHistory {
  return stored?.version === nothing.version ? stored : nothing;
}

/**
 * Adds the rows of one step of a run, and forgets what is too old. A request whose rows are split over two steps
 * counts in both.
 *
 * @param now when the rows were read (epoch ms)
 */
export function addToHistory(
  history: CoverageHistory,
  records: readonly Fields[],
  now: number,
): CoverageHistory {
  const hour = hourOf(now);
  const { tally, bad } = tallyRecords(records);
  const failures = [...tally.failures.values()];
  const seen: HourSeen = [
    hour,
    records.length,
    bad,
    failures.length,
    failures.filter((hasReason) => hasReason).length,
  ];
  const known = history.hours.find(([each]) => each === hour);
  const hours = [
    ...history.hours.filter(([each]) => each !== hour && each > hour - recentHours - earlierHours),
    ...(known === undefined && records.length === 0 ? [] : [sum(hour, known ?? [], seen)]),
  ];
  return {
    ...history,
    hours: hours.toSorted(([a], [b]) => a - b),
    texts: addTexts(history.texts, tally.unknownTexts, hour),
    newestRow: later(history.newestRow, tally.newestAt),
  };
}

function sum(hour: number, a: readonly number[], b: readonly number[]): HourSeen {
  const at = (index: number) => (a[index] ?? 0) + (b[index] ?? 0);
  return [hour, at(1), at(2), at(3), at(4)];
}

function addTexts(
  texts: CoverageHistory["texts"],
  unknown: ReadonlyMap<string, number>,
  hour: number,
): CoverageHistory["texts"] {
  const rows = new Map<string, Map<number, number>>();
  const add = (text: string, at: number, count: number) => {
    const hours = rows.get(text) ?? new Map<number, number>();
    hours.set(at, (hours.get(at) ?? 0) + count);
    rows.set(text, hours);
  };
  for (const { text, hours } of texts) {
    for (const [at, count] of hours) {
      if (at > hour - recentHours) {
        add(text, at, count);
      }
    }
  }
  unknown.forEach((count, text) => add(inKnownWords(text), hour, count));
  const all = [...rows].map(([text, hours]) => ({ text, hours: [...hours] }));
  return mostFrequent(all.map((each) => ({ ...each, count: rowsOf(each) }))).map(
    ({ text, hours }) => ({ text, hours }),
  );
}

function rowsOf({ hours }: CoverageHistory["texts"][number]): number {
  return hours.reduce((total, [, count]) => total + count, 0);
}

function mostFrequent<T extends UnknownText>(texts: readonly T[]): readonly T[] {
  return texts
    .toSorted((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
    .slice(0, mostTexts);
}

/** What the app could see in the last 24 hours, for its log and its health. */
export interface RecentCoverage {
  /** Null if nothing was read, because an empty range says nothing. */
  readonly verdict: Verdict | null;
  readonly rows: number;
  readonly badRecords: number;
  readonly mfaFailures: number;
  readonly withReason: number;
  /** Rounded down; null without failures. */
  readonly withReasonPercent: number | null;
  /** MFA texts of no known class, in Microsoft's own words, most frequent first. */
  readonly unknownTexts: readonly UnknownText[];
  /** ISO 8601. */
  readonly newestRow: string | null;
}

/**
 * Returns what could be seen in the 24 hours up to `now`. `GET /api/health` shows it for each workspace:
 * `recentCoverage(readHistory(progress.coverage), rules, clock.now())`.
 */
export function recentCoverage(
  history: CoverageHistory,
  rules: readonly Pick<Rule, "threshold">[],
  now: number,
): RecentCoverage {
  const hour = hourOf(now);
  const { rows, badRecords, mfaFailures, withReason } = totalOf(history, hour, recentHours);
  const texts = history.texts.map(({ text, hours }) => ({
    text,
    count: rowsOf({ text, hours: hours.filter(([at]) => at > hour - recentHours) }),
  }));
  return {
    verdict: rows === 0 ? null : judgeReasons({ badRecords, mfaFailures, withReason }, rules),
    rows,
    badRecords,
    mfaFailures,
    withReason,
    withReasonPercent: mfaFailures === 0 ? null : Math.floor((withReason * 100) / mfaFailures),
    unknownTexts: mostFrequent(texts.filter(({ count }) => count > 0)),
    newestRow: history.newestRow === null ? null : formatTime(history.newestRow),
  };
}

interface Total {
  readonly rows: number;
  readonly badRecords: number;
  readonly mfaFailures: number;
  readonly withReason: number;
}

/** Adds up the given number of hours, ending with `last`. */
function totalOf({ hours }: CoverageHistory, last: number, count: number): Total {
  const total = hours
    .filter(([hour]) => hour > last - count && hour <= last)
    .reduce((before, each) => sum(last, before, each), [last, 0, 0, 0, 0] as HourSeen);
  const [, rows, badRecords, mfaFailures, withReason] = total;
  return { rows, badRecords, mfaFailures, withReason };
}

/** A drop in the share of failures with a reason: the share now, and in the seven days before. */
export interface ShareFallen {
  readonly mfaFailures: number;
  readonly withReason: number;
  readonly mfaFailuresBefore: number;
  readonly withReasonBefore: number;
}

/**
 * Looks for a drop in the share of MFA failures with a reason. It has dropped if there are at least 20 failures in
 * 24 hours and none has a reason, or under half the share of the seven days before. Microsoft may then have changed
 * its texts, or a column may be missing, so that refusals can no longer be recognised.
 *
 * @returns null if the share has not dropped
 */
export function findShareFallen(history: CoverageHistory, now: number): ShareFallen | null {
  const hour = hourOf(now);
  const { mfaFailures, withReason } = totalOf(history, hour, recentHours);
  const before = totalOf(history, hour - recentHours, earlierHours);
  const isUnderHalf = 2 * withReason * before.mfaFailures < before.withReason * mfaFailures;
  return mfaFailures >= fewestFailures && (withReason === 0 || isUnderHalf)
    ? {
        mfaFailures,
        withReason,
        mfaFailuresBefore: before.mfaFailures,
        withReasonBefore: before.withReason,
      }
    : null;
}

/**
 * Records whether the share has dropped, so that the warning is logged once a day and not in every run.
 *
 * @returns the history to store, and the warning to log now
 */
export function noteShare(
  history: CoverageHistory,
  now: number,
): { readonly history: CoverageHistory; readonly warning: ShareFallen | null } {
  const fallen = findShareFallen(history, now);
  if (fallen === null) {
    return { history: { ...history, warnedAt: null }, warning: null };
  }
  const { warnedAt } = history;
  const isDue = warnedAt === null || hourOf(now) - hourOf(warnedAt) >= recentHours;
  return {
    history: isDue ? { ...history, warnedAt: now } : history,
    warning: isDue ? fallen : null,
  };
}

function hourOf(at: number): number {
  return Math.floor(at / 3_600_000);
}
