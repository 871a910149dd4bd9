import { hourMs, minuteMs, secondMs } from "../time.ts";
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

const gaveIn: Expectation = { rule: "mfa-deny-then-approve", trigger: 1, severity: "High" };

/** Denials less than 70 seconds apart, so that 13 of them fit into 15 minutes. */
function volley({ startAt, random }: Stage, low: number, high: number): Strike[] {
  return denied(moments(startAt, random.between(low, high), 25 * secondMs, 65 * secondMs, random));
}

/**
 * Seven or eight denials and an unanswered prompt, then the user gives in. In groups of three, the last request has
 * a denial that shares it with the approval.
 */
function approved(stage: Stage): Plot {
  const refused = volley(stage, 7, 8);
  const unanswered: Strike = { at: lastOf(refused) + 75 * secondMs, outcome: "noResponse" };
  const match = stage.nth % 2 === 0 ? "same-request" : "same-address";
  const at = unanswered.at + stage.random.between(30 * secondMs, 90 * secondMs);
  return {
    strikes: [...refused, unanswered],
    perRequest: 3,
    approval: { at, match },
    expected: [explicit("High"), gaveIn],
  };
}

/** Seven denials on each side of a ten-minute edge: fixed buckets of ten minutes count 7 and 7. */
function bucketEdge({ startAt, random }: Stage): Plot {
  const edge = Math.ceil(startAt / (10 * minuteMs)) * 10 * minuteMs;
  const times = onGrid(edge - 7 * 40 * secondMs, 14, 40 * secondMs, 15 * secondMs, random);
  return { strikes: denied(times), perRequest: 2, expected: [explicit("Medium")] };
}

/** A new address for each prompt, including the approval's. */
function rotatingAddresses(stage: Stage): Plot {
  const strikes = volley(stage, 7, 9);
  const at = lastOf(strikes) + stage.random.between(2 * minuteMs, 9 * minuteMs);
  return {
    strikes,
    rotating: true,
    approval: { at, match: "other" },
    expected: [explicit("High"), gaveIn],
  };
}

/** Never two denials within 17 minutes, so that no window of 15 minutes has more than one. */
function lowAndSlow({ startAt, random }: Stage): Plot {
  return { strikes: denied(onGrid(startAt, 8, 20 * minuteMs, 3 * minuteMs, random)), expected: [] };
}

const reportTexts: readonly [Strike["outcome"], ...Strike["outcome"][]] = [
  "suspiciousActivity",
  "fraudByPhoneApp",
  "fraudCode",
];

/** The user reports the attack as fraud. */
function fraudReport(stage: Stage): Plot {
  const strikes = volley(stage, 5, 6);
  const outcome = reportTexts[stage.nth % reportTexts.length] ?? reportTexts[0];
  const report: Strike = {
    at: lastOf(strikes) + stage.random.between(30 * secondMs, 60 * secondMs),
    outcome,
  };
  return { strikes: [...strikes, report], perRequest: 3, expected: [explicit("High")] };
}

function npsPushBombing(stage: Stage): Plot {
  return { strikes: volley(stage, 6, 9), radius: true, expected: [explicit("Medium")] };
}

/** Five denials, just enough. The fourth is published a day later, the others out of order. */
function late({ startAt, random }: Stage): Plot {
  const strikes = denied(moments(startAt, 5, 60 * secondMs, 150 * secondMs, random));
  const lateMs = [
    25 * minuteMs,
    0,
    40 * minuteMs,
    random.between(20 * hourMs, 30 * hourMs),
    5 * minuteMs,
  ];
  return { strikes, lateMs, expected: [explicit("Medium")] };
}

function twoThenApprove({ startAt, random }: Stage): Plot {
  const strikes = denied(moments(startAt, 2, minuteMs, 5 * minuteMs, random));
  const at = lastOf(strikes) + random.between(minuteMs, 20 * minuteMs);
  return { strikes, perRequest: 2, approval: { at, match: "same-request" }, expected: [gaveIn] };
}

/** Thirteen denials within one bucket of ten minutes, so that the tumbling rule fires as well. */
function many({ startAt, random }: Stage): Plot {
  const bucket = Math.ceil(startAt / (10 * minuteMs)) * 10 * minuteMs;
  const times = onGrid(bucket + 20 * secondMs, 13, 40 * secondMs, 15 * secondMs, random);
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
  const times = onGrid(startAt, 9, 60 * secondMs, 20 * secondMs, random);
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

export const attackScripts = {
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
