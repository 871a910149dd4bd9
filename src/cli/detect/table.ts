import { visible } from "../../detection/signin/visible.ts";
import type { DetectFinding, DetectReport } from "./detectReport.ts";
import { coverageLines } from "../verdict/verdictLines.ts";
import { formatTable } from "../formatTable.ts";

const head = ["triggered (UTC)", "user", "rule", "denials", "severity", "approved after", "action"];

/** For a person: the findings, then what was read and where the rows went. */
export function table({ run, coverage, findings, notOpened }: DetectReport): string {
  const found = findings.length === 0 ? "" : `${formatTable(head, findings.map(cells))}\n`;
  return `${found}${notOpened.map(notOpenedLine).join("")}${coverageLines(coverage, findings.length > 0)}${summary(run)}`;
}

function notOpenedLine(finding: DetectReport["notOpened"][number]): string {
  const { rule, user, denials, firstDenialAt, lastDenialAt, reason } = finding;
  return `Not opened (${reason}): ${rule} on ${visible(user)}, ${denials} denials from ${shortTime(firstDenialAt)} to ${shortTime(lastDenialAt)}.\n`;
}

function cells(finding: DetectFinding): readonly string[] {
  const fraud = finding.fraudReports > 0 ? ` (${finding.fraudReports} fraud)` : "";
  return [
    shortTime(finding.triggeredAt),
    visible(finding.user),
    finding.rule,
    `${finding.denials}${fraud}`,
    finding.severity,
    finding.approval === null ? "-" : `${shortTime(finding.approval.at)} ${finding.approval.match}`,
    `${finding.action} (${finding.reason})`,
  ];
}

function shortTime(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

function summary({ rows, classified, setAside, ...run }: DetectReport["run"]): string {
  const aside = Object.entries(setAside).map(([reason, count]) => `${count} ${reason}`);
  const outcomes = Object.entries(run.outcomes).filter(([, count]) => count > 0);
  return [
    `${rows} rows: ${classified} classified, ${run.badRecords} bad, set aside ${aside.join(", ")}.`,
    `${run.denials} denials; prompts by outcome: ${outcomes.map(([outcome, count]) => `${count} ${outcome}`).join(", ") || "none"}; ${run.unclassified} rows unclassified.`,
    "",
  ].join("\n");
}
