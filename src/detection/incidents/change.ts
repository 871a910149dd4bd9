import type { Facts, Finding } from "../decisions/finding.ts";
import { approvalSentence } from "./incident.ts";
import { formatTime } from "../signin/time.ts";

/**
 * What is new, for a comment on an incident that exists already.
 *
 * @param before what the incident was last told of; null where that is not known
 */
export function describeChange(reason: string, before: Facts | null, { facts }: Finding): string {
  const more = before === null ? 0 : facts.denials - before.denials;
  const lines = [
    `Update (${reason}): ${facts.atLeast ? "at least " : ""}${facts.denials} denials${more > 0 ? `, ${more} more than before` : ""}, between ${formatTime(facts.firstDenialAt)} and ${formatTime(facts.lastDenialAt)}.`,
    ...(before !== null && before.triggeredAt !== facts.triggeredAt
      ? [
          `The rule fired at ${formatTime(facts.triggeredAt)}, not at ${formatTime(before.triggeredAt)}.`,
        ]
      : []),
    ...(facts.fraudReports > (before?.fraudReports ?? 0)
      ? [`Reported as fraud by the user: ${facts.fraudReports}.`]
      : []),
    before !== null && before.severity !== facts.severity
      ? `Severity raised from ${before.severity} to ${facts.severity}.`
      : `Severity ${facts.severity}.`,
    approvalSentence(facts.approval),
  ];
  return lines.join("\n");
}

/** For an incident whose burst turned out to be part of another. */
export function describeMerge(keeperId: string): string {
  return `The denials of this incident belong to the burst of incident ${keeperId}; what follows is told there.`;
}
