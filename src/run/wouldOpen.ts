import { shownName } from "../detection/signin/account.ts";
import { formatTime } from "../detection/signin/time.ts";
import type { Severity } from "../detection/rules/rule.ts";
import type { Incident } from "./ports.ts";

/** An incident that a dry run would have opened, for people to read. Times are ISO 8601 in UTC. */
export interface WouldOpen {
  /** The id of the incident that a real run would open. */
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly severity: Severity;
  /** Id of the first rule that fired. */
  readonly rule: string;
  readonly reason: string;
  readonly user: string;
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly denials: number;
  readonly fraudReports: number;
  readonly firstDenialAt: string;
  readonly lastDenialAt: string;
  readonly approvedAt: string | null;
  readonly ipAddresses: readonly string[];
  readonly applications: readonly string[];
  /** Id of the incident to which it turned out to belong. */
  readonly mergedInto: string | null;
}

/** What dry runs found. */
export interface DryRunFindings {
  /** In order of the first denial. */
  list(): Promise<readonly WouldOpen[]>;
}

export function wouldOpen({ id, revision, text, summary }: Incident): WouldOpen {
  const { facts, evidence, subject } = summary;
  return {
    id,
    revision,
    title: text.title,
    severity: facts.severity,
    rule: summary.rule.id,
    reason: summary.reason,
    user: shownName(subject),
    userId: evidence.userId,
    tenantId: subject.tenantId,
    denials: facts.denials,
    fraudReports: facts.fraudReports,
    firstDenialAt: formatTime(facts.firstDenialAt),
    lastDenialAt: formatTime(facts.lastDenialAt),
    approvedAt: facts.approval === null ? null : formatTime(facts.approval.at),
    ipAddresses: evidence.ipAddresses,
    applications: evidence.applications,
    mergedInto: null,
  };
}
