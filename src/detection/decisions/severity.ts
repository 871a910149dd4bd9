import type { Context, OriginVerdict } from "../context/context.ts";
import { higher, lower, type Rule, type Severity } from "../rules/rule.ts";
import type { MatchedApproval } from "./approval.ts";

/** Everything that determines the severity of a burst. */
export interface Weight {
  readonly fraudReports: number;
  readonly triggeredAt: number;
  readonly approval: MatchedApproval | null;
  readonly context: Context | null;
  readonly before: WeighedBefore | null;
}

/** The facts that decided the severity when the burst was recorded. */
export interface WeighedBefore {
  /** Ids of the rules that had found it. */
  readonly rules: ReadonlySet<string>;
  /** The verdict on the origin of the same denials; `unknown` if the denials have changed. */
  readonly verdict: OriginVerdict;
}

/** Returns the severity that one rule gives a burst. */
export function severityOf(rule: Rule, weight: Weight): Severity {
  const { before } = weight;
  const found = weight.context?.origins.verdict ?? "unknown";
  if (rule.originDecides) {
    // Decided when the rule first found it. An origin that becomes known later changes only the text.
    const decides = before === null || !before.rules.has(rule.id);
    return decides && (found === "new" || found === "mixed")
      ? rule.severity
      : lower(rule.severity, "Medium");
  }
  // A failed lookup does not withdraw an earlier answer.
  const verdict = found === "unknown" ? (before?.verdict ?? "unknown") : found;
  if (isRaised(rule, weight)) {
    return higher(rule.severity, "High");
  }
  return verdict === "usual" && rule.usualOriginSeverity !== null
    ? lower(rule.severity, rule.usualOriginSeverity)
    : rule.severity;
}

/**
 * Reports whether a fraud report, here or in the audit log, a later approval or signs of a takeover raise the
 * severity.
 */
function isRaised(rule: Rule, { fraudReports, triggeredAt, approval, context }: Weight): boolean {
  const isApproved =
    approval !== null && (rule.approvalRaises === "any" || approval.match !== "other");
  return (
    isApproved ||
    fraudReports > 0 ||
    (context !== null && (context.reports.length > 0 || isTakenOver(context, triggeredAt)))
  );
}

/** Reports whether there are signs of a takeover after the rule fired. */
export function isTakenOver({ followed }: Context, triggeredAt: number): boolean {
  return followed.some(({ at, meaning }) => meaning === "takeover" && at >= triggeredAt);
}
