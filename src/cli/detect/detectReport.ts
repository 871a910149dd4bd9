import type { Prompt } from "../../detection/prompts/prompt.ts";
import type { RecordsReport, Reported } from "../../run/detectRecords.ts";
import { shownName } from "../../detection/signin/account.ts";
import { formatTime } from "../../detection/signin/time.ts";
import { toContextReport } from "./contextReport.ts";
import { toCoverageReport } from "../verdict/coverageReport.ts";

/** What `detect --format json` prints: the stable, documented shape of a run. */
export type DetectReport = ReturnType<typeof toDetectReport>;
export type DetectFinding = DetectReport["findings"][number];

export function toDetectReport({
  counts,
  coverage,
  outcomes,
  denials,
  excluded,
  findings,
  notOpened,
}: RecordsReport) {
  return {
    schemaVersion: 1,
    run: {
      rows: counts.rows,
      classified: counts.classified,
      setAside: counts.setAside,
      badRecords: counts.badRecords,
      unclassified: counts.unclassified,
      denials,
      outcomes,
      excludedBy: excluded,
      partial: counts.badRecords > 0,
    },
    coverage: toCoverageReport(coverage),
    findings: findings.map(toFinding),
    notOpened: notOpened.map(toNotOpened),
  };
}

/** Returns a finding that is not an incident, and the reason. */
export function toNotOpened({ rule, subject, decision, finding: { facts, evidence } }: Reported) {
  return {
    rule: rule.id,
    tenantId: subject.tenantId,
    user: shownName(subject),
    userId: evidence.userId,
    denials: facts.denials,
    firstDenialAt: formatTime(facts.firstDenialAt),
    triggeredAt: formatTime(facts.triggeredAt),
    lastDenialAt: formatTime(facts.lastDenialAt),
    reason: decision.reason,
  };
}

export function toFinding({ rule, subject, decision, finding }: Reported) {
  const { facts, evidence, denials, context, rules } = finding;
  const { approval } = facts;
  return {
    incidentId: decision.burst.id,
    rule: rule.id,
    tenantId: subject.tenantId,
    user: shownName(subject),
    userId: evidence.userId,
    denials: facts.denials,
    atLeast: facts.atLeast || denials.some(isFromStatus),
    fraudReports: facts.fraudReports,
    firstDenialAt: formatTime(facts.firstDenialAt),
    triggeredAt: formatTime(facts.triggeredAt),
    lastDenialAt: formatTime(facts.lastDenialAt),
    severity: facts.severity,
    approval: approval === null ? null : { at: formatTime(approval.at), match: approval.match },
    action: decision.action,
    reason: decision.reason,
    ipAddresses: evidence.ipAddresses,
    applications: evidence.applications,
    userAgents: evidence.userAgents,
    locations: evidence.locations,
    guest: evidence.guest,
    rules: rules.map(({ id }) => id),
    context: toContextReport(context),
  };
}

/** A request without steps shows only one prompt, however many there were. */
function isFromStatus({ sightings }: Prompt): boolean {
  return sightings.every(({ source }) => source === "status");
}
