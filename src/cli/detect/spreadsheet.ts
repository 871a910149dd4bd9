import { shownName } from "../../detection/signin/account.ts";
import type { PromptOutcome } from "../../detection/signin/outcome.ts";
import { formatTime } from "../../detection/signin/time.ts";
import { visible } from "../../detection/signin/visible.ts";
import type { Prompt } from "../../detection/prompts/prompt.ts";
import type { Reported } from "../../run/detectRecords.ts";
import { harmOf } from "../verdict/harm.ts";
import { csvText, type CsvColumn } from "./csvText.ts";
import type { DetectFinding, DetectReport } from "./detectReport.ts";

/** Tells Excel that the text is UTF-8. Without it, accented letters are garbled. */
const mark = "\uFEFF";

/** A spreadsheet cell can contain 32,767 characters. */
const longest = 8_000;

const findingColumns: readonly CsvColumn<DetectFinding>[] = [
  ["Severity", ({ severity }) => severity],
  ["User", ({ user }) => text(user)],
  ["Refused prompts", ({ denials }) => denials],
  ["Reported as fraud", ({ fraudReports }) => fraudReports],
  ["Count is a minimum", ({ atLeast }) => yesNo(atLeast)],
  ["First refusal (UTC)", ({ firstDenialAt }) => excelTime(firstDenialAt)],
  ["Last refusal (UTC)", ({ lastDenialAt }) => excelTime(lastDenialAt)],
  ["Approved afterwards (UTC)", ({ approval }) => approval && excelTime(approval.at)],
  ["Sign-in from the same origin", (finding) => yesNo(harmOf(finding).signedIn)],
  ["Account changed", (finding) => yesNo(harmOf(finding).takeover)],
  ["Addresses", ({ ipAddresses }) => list(ipAddresses)],
  ["Places", ({ locations }) => list(locations)],
  ["Applications", ({ applications }) => list(applications)],
  ["Clients", ({ userAgents }) => list(userAgents)],
  ["Guest", ({ guest }) => yesNo(guest)],
  ["Rule", ({ rule }) => text(rule)],
  ["Incident id", ({ incidentId }) => incidentId],
];

/** Returns one row per finding, for people who open the file in a spreadsheet. */
export function excel({ findings }: DetectReport): string {
  return mark + csvText(findingColumns, findings);
}

const outcomeWords: Readonly<Partial<Record<PromptOutcome, string>>> = {
  denied: "refused",
  fraudReported: "reported as fraud",
};

interface PromptRow {
  readonly prompt: Prompt;
  readonly reported: Reported;
}

const promptColumns: readonly CsvColumn<PromptRow>[] = [
  ["Time (UTC)", ({ prompt }) => excelTime(formatTime(prompt.at))],
  ["User", ({ reported }) => text(shownName(reported.subject))],
  ["Outcome", ({ prompt: { outcome } }) => outcomeWords[outcome] ?? outcome],
  ["Address", ({ prompt }) => ofOrigin(prompt, "ipAddress")],
  ["Place", ({ prompt }) => ofOrigin(prompt, "location")],
  ["Application", ({ prompt }) => ofOrigin(prompt, "application")],
  ["Client", ({ prompt }) => ofOrigin(prompt, "userAgent")],
  ["Method", ({ prompt }) => text(prompt.sightings[0]?.method ?? "")],
  ["Request id", ({ prompt }) => text(prompt.sightings[0]?.request ?? "")],
  ["Severity", ({ reported }) => reported.finding.facts.severity],
  ["Rule", ({ reported }) => text(reported.rule.id)],
  ["Incident id", ({ reported }) => reported.decision.burst.id],
];

/** Returns one row per refused prompt of each finding, in order of time. */
export function prompts(findings: readonly Reported[]): string {
  const rows = findings.flatMap((reported) =>
    reported.finding.denials.map((prompt): PromptRow => ({ prompt, reported })),
  );
  return (
    mark +
    csvText(
      promptColumns,
      rows.toSorted((a, b) => a.prompt.at - b.prompt.at),
    )
  );
}

function ofOrigin(
  { sightings }: Prompt,
  what: "ipAddress" | "location" | "application" | "userAgent",
): string {
  return text(sightings[0]?.origin[what] ?? "");
}

/** Returns `2026-03-10 09:00:13`, which spreadsheets in every language read as a time, unlike ISO 8601 with T and Z. */
function excelTime(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

function list(texts: readonly string[]): string {
  return text(texts.join("; "));
}

/** Shows characters that hide or reverse text by their code points. */
function text(value: string): string {
  return visible(value, longest);
}
