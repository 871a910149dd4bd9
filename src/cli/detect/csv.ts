import type { DetectFinding, DetectReport } from "./detectReport.ts";

type Cell = string | number | boolean | null;

const columns: readonly (readonly [
  string,
  (finding: DetectFinding, report: DetectReport) => Cell,
])[] = [
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
  ["partial", (_, { run }) => run.partial],
  ["verdict", (_, { coverage }) => coverage.verdict],
];

/** RFC 4180, a finding a row. Lists are joined by "; ". */
export function csv(report: DetectReport): string {
  const rows = report.findings.map((finding) =>
    columns.map(([, read]) => csvCell(read(finding, report))),
  );
  return [columns.map(([name]) => name), ...rows].map((cells) => `${cells.join(",")}\r\n`).join("");
}

/** Text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvCell(value: Cell): string {
  const text = value === null ? "" : String(value);
  const inert = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
