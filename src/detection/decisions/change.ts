import type { Extent } from "../bursts/windowing.ts";
import { higher } from "../rules/rule.ts";
import { strongerApproval } from "./approval.ts";
import type { Reason } from "./decision.ts";
import type { Facts } from "./finding.ts";
import type { RecordedBurst } from "./record.ts";

/**
 * Updates the facts of a recorded burst. Counts and times follow the newest evidence, unless reading stopped at a
 * limit. Approval and severity never fall.
 */
export function hold(recorded: Facts, found: Facts): Facts {
  const approval =
    recorded.approval === null || found.approval === null
      ? (found.approval ?? recorded.approval)
      : strongerApproval(recorded.approval, found.approval);
  const severity = higher(recorded.severity, found.severity);
  if (!found.atLeast) {
    return { ...found, approval, severity };
  }
  return {
    denials: Math.max(recorded.denials, found.denials),
    atLeast: true,
    fraudReports: Math.max(recorded.fraudReports, found.fraudReports),
    firstDenialAt: Math.min(recorded.firstDenialAt, found.firstDenialAt),
    triggeredAt: Math.min(recorded.triggeredAt, found.triggeredAt),
    lastDenialAt: Math.max(recorded.lastDenialAt, found.lastDenialAt),
    approval,
    severity,
  };
}

/** A burst in the form in which it will be recorded. */
export interface Outcome {
  readonly facts: Facts;
  readonly extent: Extent;
  readonly rules: readonly string[];
  /** What its context adds. */
  readonly news: "followed-by" | "context-added" | null;
  /** Whether other incidents were merged into it. */
  readonly merges: boolean;
}

/**
 * Returns the most important change.
 *
 * @param rulesBefore the rules that had found it before
 */
export function reasonOf(
  before: Pick<RecordedBurst, "facts" | "extent">,
  rulesBefore: readonly string[],
  after: Outcome,
): Reason {
  if (before.facts.approval === null && after.facts.approval !== null) {
    return "approved-after";
  }
  if (before.facts.fraudReports === 0 && after.facts.fraudReports > 0) {
    return "fraud-reported";
  }
  if (after.merges) {
    return "merged";
  }
  if (
    after.facts.denials > before.facts.denials ||
    after.extent.from < before.extent.from ||
    after.extent.to > before.extent.to
  ) {
    return "grew";
  }
  if (after.news === "followed-by") {
    return "followed-by";
  }
  if (after.facts.severity !== before.facts.severity) {
    return "severity-raised";
  }
  if (after.rules.length > rulesBefore.length) {
    return "rule-fired";
  }
  if (after.news !== null) {
    return after.news;
  }
  return sameFacts(before.facts, after.facts) ? "unchanged" : "evidence-replaced";
}

function sameFacts(a: Facts, b: Facts): boolean {
  return (
    a.denials === b.denials &&
    a.atLeast === b.atLeast &&
    a.fraudReports === b.fraudReports &&
    a.firstDenialAt === b.firstDenialAt &&
    a.triggeredAt === b.triggeredAt &&
    a.lastDenialAt === b.lastDenialAt &&
    a.approval?.at === b.approval?.at &&
    a.approval?.match === b.approval?.match
  );
}
