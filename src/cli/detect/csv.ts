import { csvText, type CsvColumn } from "./csvText.ts";
import type { DetectFinding, DetectReport } from "./detectReport.ts";

const columns = ({ run, coverage }: DetectReport): readonly CsvColumn<DetectFinding>[] => [
  ["incidentId", ({ incidentId }) => incidentId],
  ["rule", ({ rule }) => rule],
  ["tenantId", ({ tenantId }) => tenantId],
  ["user", ({ user }) => user],
  ["userId", ({ userId }) => userId],
  ["denials", ({ denials }) => denials],
  ["fraudReports", ({ fraudReports }) => fraudReports],
  ["firstDenialAt", ({ firstDenialAt }) => firstDenialAt],
  ["triggeredAt", ({ triggeredAt }) => triggeredAt],
  ["lastDenialAt", ({ lastDenialAt }) => lastDenialAt],
  ["severity", ({ severity }) => severity],
  ["approvalAt", ({ approval }) => approval?.at ?? null],
  ["approvalMatch", ({ approval }) => approval?.match ?? null],
  ["action", ({ action }) => action],
  ["reason", ({ reason }) => reason],
  ["ipAddresses", ({ ipAddresses }) => ipAddresses.join("; ")],
  ["applications", ({ applications }) => applications.join("; ")],
  ["userAgents", ({ userAgents }) => userAgents.join("; ")],
  ["locations", ({ locations }) => locations.join("; ")],
  ["guest", ({ guest }) => guest],
  ["atLeast", ({ atLeast }) => atLeast],
  ["partial", () => run.partial],
  ["verdict", () => coverage.verdict],
];

/** Returns RFC 4180 text with one row per finding. Lists are joined by "; ". */
export function csv(report: DetectReport): string {
  return csvText(columns(report), report.findings);
}
