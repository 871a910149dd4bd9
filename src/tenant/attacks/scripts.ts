import { HOUR, MINUTE, SECOND } from "../time.ts";
import type { AttackKind } from "./kinds.ts";
import {
  denied,
  lastOf,
  moments,
  onGrid,
  type Expectation,
  type Plot,
  type Stage,
  type Strike,
} from "./plot.ts";

/** The fifth denial fires "explicit-mfa-deny". */
function explicit(severity: "Medium" | "High"): Expectation {
  return { rule: "explicit-mfa-deny", trigger: 4, severity };
}

const GAVE_IN: Expectation = { rule: "mfa-deny-then-approve", trigger: 1, severity: "High" };

/** Denials less than 70 seconds apart: 13 of them fit into 15 minutes. */
function volley({ startAt, random }: Stage, low: number, high: number): Strike[] {
  return denied(moments(startAt, random.between(low, high), 25 * SECOND, 65 * SECOND, random));
}

/**
 * Seven or eight denials and an unanswered prompt, then the user gives in. In threes, the last
 * request holds a denial for the approval to share it with.
 */
function approved(stage: Stage): Plot {
  const refused = volley(stage, 7, 8);
  const unanswered: Strike = { at: lastOf(refused) + 75 * SECOND, outcome: "noResponse" };
  const match = stage.nth % 2 === 0 ? "same-request" : "same-address";
  const at = unanswered.at + stage.random.between(30 * SECOND, 90 * SECOND);
  return {
    strikes: [...refused, unanswered],
    perRequest: 3,
    approval: { at, match },
    expected: [explicit("High"), GAVE_IN],
  };
}

/** Seven denials on each side of a ten-minute edge: fixed buckets of ten minutes see 7 and 7. */
function bucketEdge({ startAt, random }: Stage): Plot {
  const edge = Math.ceil(startAt / (10 * MINUTE)) * 10 * MINUTE;
  const times = onGrid(edge - 7 * 40 * SECOND, 14, 40 * SECOND, 15 * SECOND, random);
  return { strikes: denied(times), perRequest: 2, expected: [explicit("Medium")] };
}

/** A new address for each prompt, the approval's included. */
function rotatingAddresses(stage: Stage): Plot {
  const strikes = volley(stage, 7, 9);
  const at = lastOf(strikes) + stage.random.between(2 * MINUTE, 9 * MINUTE);
  return {
    strikes,
    rotating: true,
    approval: { at, match: "other" },
    expected: [explicit("High"), GAVE_IN],
  };
}

/** Never two denials within 17 minutes, so that no window of 15 minutes holds more than one. */
function lowAndSlow({ startAt, random }: Stage): Plot {
  return { strikes: denied(onGrid(startAt, 8, 20 * MINUTE, 3 * MINUTE, random)), expected: [] };
}

const REPORTS: readonly [Strike["outcome"], ...Strike["outcome"][]] = [
  "suspiciousActivity",
  "fraudByPhoneApp",
  "fraudCode",
];

/** The user reports what is going on. */
function fraudReport(stage: Stage): Plot {
  const strikes = volley(stage, 5, 6);
  const outcome = REPORTS[stage.nth % REPORTS.length] ?? REPORTS[0];
  const report: Strike = {
    at: lastOf(strikes) + stage.random.between(30 * SECOND, 60 * SECOND),
    outcome,
  };
  return { strikes: [...strikes, report], perRequest: 3, expected: [explicit("High")] };
}

function npsPushBombing(stage: Stage): Plot {
  return { strikes: volley(stage, 6, 9), radius: true, expected: [explicit("Medium")] };
}

/** Five denials, just enough: the fourth is published a day later, the others out of order. */
function late({ startAt, random }: Stage): Plot {
  const strikes = denied(moments(startAt, 5, 60 * SECOND, 150 * SECOND, random));
  const lateMs = [25 * MINUTE, 0, 40 * MINUTE, random.between(20 * HOUR, 30 * HOUR), 5 * MINUTE];
  return { strikes, lateMs, expected: [explicit("Medium")] };
}

function twoThenApprove({ startAt, random }: Stage): Plot {
  const strikes = denied(moments(startAt, 2, MINUTE, 5 * MINUTE, random));
  const at = lastOf(strikes) + random.between(MINUTE, 20 * MINUTE);
  return { strikes, perRequest: 2, approval: { at, match: "same-request" }, expected: [GAVE_IN] };
}

/** Thirteen denials within one bucket of ten minutes: the tumbling rule fires as well. */
function many({ startAt, random }: Stage): Plot {
  const bucket = Math.ceil(startAt / (10 * MINUTE)) * 10 * MINUTE;
  const times = onGrid(bucket + 20 * SECOND, 13, 40 * SECOND, 15 * SECOND, random);
  const fatigue: Expectation = {
    rule: "azure-ad-multiple-denied-mfa",
    trigger: 9,
    severity: "Medium",
  };
  return { strikes: denied(times), perRequest: 3, expected: [explicit("Medium"), fatigue] };
}

function guest(stage: Stage): Plot {
  return { strikes: volley(stage, 6, 8), perRequest: 2, expected: [explicit("Medium")] };
}

/** Starts four minutes before a UTC midnight and ends after it. */
function acrossMidnight({ startAt, random }: Stage): Plot {
  const times = onGrid(startAt, 9, 60 * SECOND, 20 * SECOND, random);
  return { strikes: denied(times), perRequest: 3, expected: [explicit("Medium")] };
}

function duplicates(stage: Stage): Plot {
  return {
    strikes: volley(stage, 6, 8),
    perRequest: 6,
    repeated: true,
    expected: [explicit("Medium")],
  };
}

function mixedCase(stage: Stage): Plot {
  return { strikes: volley(stage, 6, 8), respelled: true, expected: [explicit("Medium")] };
}

export const SCRIPTS = {
  approved,
  "bucket-edge": bucketEdge,
  "rotating-addresses": rotatingAddresses,
  "low-and-slow": lowAndSlow,
  "fraud-report": fraudReport,
  "nps-push-bombing": npsPushBombing,
  late,
  "two-then-approve": twoThenApprove,
  many,
  guest,
  "across-midnight": acrossMidnight,
  duplicates,
  "mixed-case": mixedCase,
} satisfies Record<AttackKind, (stage: Stage) => Plot>;
