import type { Rule } from "../detection/rules/rule.ts";
import type { Counts } from "./counts.ts";
import { earlier, later, type CoverageTally } from "./coverageTally.ts";
import type { FileSeen, InputSeen, PassedOver, ShownField } from "./inputSeen.ts";

/** Whether a read could have shown a denial. */
export type Verdict = "complete" | "partial" | "blind";

const blindShortfalls = [
  /** Nothing was read: no file has a record. */
  "noRecords",
  /** There are records, and all of them are bad. */
  "allBad",
  /** No record has a result code, and none has a text. */
  "noResult",
  /** No record says when, nor do steps. */
  "noTime",
  /** There are enough MFA failures for a finding, and none has a reason. */
  "noReasons",
  /** There are enough candidates for a finding, and no record names an account. */
  "nobody",
] as const;

const partialShortfalls = [
  /** Too many MFA failures have no reason. */
  "unexplained",
  /** Steps belong to requests whose sign-in was not read. */
  "unmatchedSteps",
  /** Files that are not sign-in logs were skipped. */
  "passedOver",
  /** Some records could not be used. */
  "badRecords",
] as const;

/** Why a read is not complete. */
export type Shortfall = (typeof blindShortfalls)[number] | (typeof partialShortfalls)[number];

export interface UnknownText {
  readonly text: string;
  /** Rows affected. */
  readonly count: number;
}

interface FieldConflict {
  readonly field: string;
  /** Parsed rows affected. */
  readonly count: number;
}

/** What one read could see. */
export interface Coverage {
  readonly verdict: Verdict;
  /** Empty if the verdict is `complete`; otherwise most severe first. */
  readonly shortfalls: readonly Shortfall[];
  /** Usable rows, and the number of accounts in the parsed ones. */
  readonly rows: number;
  readonly users: number;
  readonly badRecords: number;
  /** Requests that failed in MFA, before exclusions, and how many of them give a reason. */
  readonly mfaFailures: number;
  readonly withReason: number;
  /** Most frequent first. */
  readonly unknownTexts: readonly UnknownText[];
  /** Fields that no record has; empty if there is no record. */
  readonly fieldsMissing: readonly ShownField[];
  /** Of the parsed rows (epoch ms). */
  readonly oldestRow: number | null;
  readonly newestRow: number | null;
  readonly files: readonly FileSeen[];
  readonly passedOver: readonly PassedOver[];
  /** Other logs, which say what happened around a finding. */
  readonly contextFiles: readonly PassedOver[];
  /** Fields with two different values in one row, under names with the same meaning. */
  readonly conflicts: readonly FieldConflict[];
  /** MFA steps of requests without a sign-in, as in a file of authentication details by itself. */
  readonly unmatchedSteps: number;
  /** The failures have no steps, so several prompts of one request count as one. */
  readonly atLeast: boolean;
  /** Every row was parsed and none is a successful sign-in, so no approval can be seen. */
  readonly withoutSuccess: boolean;
}

export interface CoverageLimits {
  /** The rules in use. The smallest threshold counts. */
  readonly rules: readonly Pick<Rule, "threshold">[];
  /** The share of MFA failures without a reason, 0 to 1, above which a read is partial. */
  readonly maxUnexplained?: number;
  /** Whether an input without records is complete. */
  readonly allowEmpty?: boolean;
}

/** With fewer failures than this, a share means nothing. */
const fewestForShare = 5;

/** The number of unknown texts in a report. */
const mostReported = 20;

export const usualMaxUnexplained = 0.5;

/** In the order of reports. */
const shownFields = [
  "resultCode",
  "resultText",
  "steps",
  "user",
  "objectId",
  "time",
  "interactive",
] as const satisfies readonly ShownField[];

/** Judges what a read could see, by its rows and by the kinds of its files. */
export function judgeCoverage(
  tally: CoverageTally,
  counts: Counts,
  seen: InputSeen,
  limits: CoverageLimits,
): Coverage {
  const failures = [...tally.failures.values()];
  const shown = new Set([...tally.shown, ...seen.shown]);
  const { unattributable, notYetPublished } = counts.setAside;
  const rows = counts.rows - counts.badRecords - notYetPublished;
  const times = seen.files.flatMap(({ oldestRow, newestRow }) => [oldestRow, newestRow]);
  const facts = {
    rows,
    users: tally.users.size,
    badRecords: counts.badRecords,
    mfaFailures: failures.length,
    withReason: failures.filter((hasReason) => hasReason).length,
    unknownTexts: mostFrequent(tally.unknownTexts),
    fieldsMissing: rows === 0 ? [] : shownFields.filter((field) => !shown.has(field)),
    oldestRow: [tally.oldestAt, ...times].reduce(earlier),
    newestRow: [tally.newestAt, ...times].reduce(later),
    files: seen.files,
    passedOver: seen.passedOver,
    contextFiles: seen.contextFiles,
    unmatchedSteps: seen.unmatchedSteps,
    conflicts: [...seen.conflicts].map(([field, count]) => ({ field, count })),
    atLeast: failures.length > 0 && !shown.has("steps"),
    withoutSuccess: rows > 0 && tally.passedRows === 0 && !tally.hasSuccess,
  };
  const shortfalls = findShortfalls(facts, limits, {
    hasRecords: counts.rows > 0,
    hasUsableRows: rows > 0,
    hasResult: showsResult(tally, shown),
    unattributable,
  });
  return { verdict: verdictOf(shortfalls), shortfalls, ...facts };
}

function findShortfalls(
  facts: Pick<
    Coverage,
    "badRecords" | "mfaFailures" | "withReason" | "fieldsMissing" | "passedOver" | "unmatchedSteps"
  >,
  { rules, maxUnexplained = usualMaxUnexplained, allowEmpty = false }: CoverageLimits,
  more: {
    readonly hasRecords: boolean;
    readonly hasUsableRows: boolean;
    readonly hasResult: boolean;
    readonly unattributable: number;
  },
): readonly Shortfall[] {
  const { badRecords, mfaFailures, withReason, passedOver, unmatchedSteps } = facts;
  const lacks = (field: ShownField) => facts.fieldsMissing.includes(field);
  const threshold = Math.min(...rules.map((rule) => rule.threshold));
  const unexplained = mfaFailures - withReason;
  const isReasonless = mfaFailures >= threshold && withReason === 0;
  const found: Readonly<Record<Shortfall, boolean>> = {
    noRecords: !more.hasRecords && !allowEmpty,
    allBad: !more.hasUsableRows && badRecords > 0,
    noResult: more.hasUsableRows && !more.hasResult,
    // Steps have times of their own.
    noTime: more.hasUsableRows && lacks("time") && lacks("steps"),
    noReasons: isReasonless,
    nobody: lacks("user") && lacks("objectId") && more.unattributable >= threshold,
    unexplained:
      mfaFailures >= fewestForShare && unexplained > maxUnexplained * mfaFailures && !isReasonless,
    unmatchedSteps: unmatchedSteps > 0,
    passedOver: passedOver.length > 0,
    badRecords: badRecords > 0 && more.hasUsableRows,
  };
  return [...blindShortfalls, ...partialShortfalls].filter((shortfall) => found[shortfall]);
}

/**
 * Reports whether a code or text was understood, such as 500121 but not "Failure". For rows that a search skipped,
 * it is only known that they have a value.
 */
function showsResult(tally: CoverageTally, shown: ReadonlySet<ShownField>): boolean {
  const from = tally.passedRows > 0 ? shown : tally.shown;
  return from.has("resultCode") || from.has("resultText") || tally.hasStepText;
}

/** Judges rows if all that is known is how many failures give a reason. */
export function judgeReasons(
  read: Pick<Coverage, "badRecords" | "mfaFailures" | "withReason">,
  rules: CoverageLimits["rules"],
): Verdict {
  const facts = { ...read, fieldsMissing: [], passedOver: [], unmatchedSteps: 0 };
  const more = { hasRecords: true, hasUsableRows: true, hasResult: true, unattributable: 0 };
  return verdictOf(findShortfalls(facts, { rules }, more));
}

function verdictOf(shortfalls: readonly Shortfall[]): Verdict {
  if (blindShortfalls.some((shortfall) => shortfalls.includes(shortfall))) {
    return "blind";
  }
  return shortfalls.length > 0 ? "partial" : "complete";
}

/** Breaks ties by text, so that the order of the rows does not matter. */
function mostFrequent(texts: ReadonlyMap<string, number>): readonly UnknownText[] {
  return [...texts]
    .map(([text, count]) => ({ text, count }))
    .toSorted((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
    .slice(0, mostReported);
}
