import { analystTasks } from "./analystTasks.ts";
import { denialTable } from "./denialTable.ts";
import { drilldowns } from "./drilldown.ts";
import type { MatchedApproval } from "../decisions/approval.ts";
import type { Evidence, Facts, Finding } from "../decisions/finding.ts";
import type { PromptOutcome } from "../signin/outcome.ts";
import type { Rule, Severity } from "../rules/rule.ts";
import { conditionOf, inWords, messageOf, techniqueLink } from "../rules/ruleText.ts";
import { formatTime } from "../signin/time.ts";
import { cutAt, inert, visible } from "../signin/visible.ts";

/** What an incident says, before it takes the shape of any service. */
export interface IncidentText {
  /** Without counts, so that it never has to change. */
  readonly title: string;
  /** Markdown; its first paragraph is the summary. */
  readonly description: string;
  readonly severity: Severity;
  readonly labels: readonly string[];
  readonly firstActivityAt: number;
  readonly lastActivityAt: number;
}

/** Microsoft Sentinel's limit for a description, in characters. */
export const longestDescription = 5_000;

/** Longer than any principal name; an alert's name may have 256 bytes in all. */
const longestName = 200;

/** The incident of a finding as it stands now. */
export function describeIncident(user: string, finding: Finding): IncidentText {
  const { facts, rules } = finding;
  return {
    title: `Repeated MFA denials by ${shorten(visible(user), longestName)}`,
    description: describe(rules[0], user, finding),
    severity: facts.severity,
    labels: [
      ...rules.map(({ id }) => id),
      ...new Set(rules.flatMap(({ techniques }) => techniques)),
      ...(facts.approval === null ? [] : ["approved-after"]),
      ...(facts.fraudReports > 0 ? ["fraud-reported"] : []),
      ...(finding.evidence.guest ? ["guest"] : []),
    ],
    firstActivityAt: facts.firstDenialAt,
    lastActivityAt: facts.lastDenialAt,
  };
}

/** A description that is not too long for the incident; one that is gets cut, and says so. */
export function fitDescription(description: string): string {
  const note = "\n[cut: too long for the incident]";
  return description.length <= longestDescription
    ? description
    : `${cutAt(description, longestDescription - note.length)}${note}`;
}

/**
 * What matters most comes first. Queries are there whole or not at all, and the table of denials takes the
 * room that everything else leaves.
 */
function describe(rule: Rule, user: string, finding: Finding): string {
  const { facts, evidence } = finding;
  const before = [
    ...summary(user, facts, evidence),
    "",
    nextSteps(facts),
    "",
    ...origins(evidence),
    ...beside(finding),
    "",
  ];
  const after = ["", ...ruleLines(rule, user, facts)];
  const leastTable = denialTable(finding.denials, 0);
  const left = longestDescription - lengthOf([...before, ...leastTable, ...after]);
  const found = queries(user, facts, left);
  const table = denialTable(
    finding.denials,
    longestDescription - lengthOf([...before, ...after, ...found]),
  );
  return fitDescription([...before, ...table, ...after, ...found].join("\n"));
}

/** With the line break after the last. */
function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

function summary(user: string, facts: Facts, evidence: Evidence): readonly string[] {
  const { denials, fraudReports, firstDenialAt, lastDenialAt } = facts;
  const prompts = `${facts.atLeast ? "at least " : ""}${denials} MFA prompt${denials === 1 ? "" : "s"}`;
  const when =
    lastDenialAt === firstDenialAt
      ? ` at ${formatTime(firstDenialAt)}`
      : ` within ${inWords(wholeSeconds(facts))}, from ${formatTime(firstDenialAt)} to ${formatTime(lastDenialAt)}`;
  const fraud =
    fraudReports === 0
      ? ""
      : ` **${fraudReports} of them ${fraudReports === 1 ? "was" : "were"} reported as fraud** by the user.`;
  return [
    `**${inert(user)}**${evidence.guest ? " (a guest)" : ""} explicitly refused **${prompts}**${when}. The sign-ins behind them came from ${list(evidence.ipAddresses, 3)} (place: ${list(evidence.locations, 3)}).${fraud}`,
    approvalSentence(facts.approval),
    "If the user did not cause these prompts, somebody else did, and probably knows the password.",
  ];
}

function wholeSeconds({ firstDenialAt, lastDenialAt }: Facts): number {
  return Math.ceil((lastDenialAt - firstDenialAt) / 1000) * 1000;
}

const matchWords = {
  "same-request": "in the same sign-in request as a refused one",
  "same-address": "from the address of a refused one",
  other: "from another address, in another request",
} as const satisfies Record<MatchedApproval["match"], string>;

/** Whether a prompt was approved after the denials. */
export function approvalSentence(approval: MatchedApproval | null): string {
  return approval === null
    ? "No prompt was approved afterwards, as far as the log shows until now."
    : `**A prompt was APPROVED afterwards**, at ${formatTime(approval.at)}, ${matchWords[approval.match]}: treat the account as compromised until shown otherwise.`;
}

/** The tasks in one line, for portals that do not show tasks. */
function nextSteps({ approval }: Facts): string {
  const steps = analystTasks.map(({ title }, index) => `${index + 1}. ${title}`).join("; ");
  const first = approval === null ? "" : "At once: revoke the sessions and reset the password. ";
  return `**What to do:** ${first}${steps}.`;
}

function origins(evidence: Evidence): readonly string[] {
  return [
    `- Addresses (${evidence.ipAddresses.length}): ${list(evidence.ipAddresses, 10)}`,
    `- Applications (${evidence.applications.length}): ${list(evidence.applications, 6)}`,
    `- User id: ${inert(evidence.userId ?? "unknown")}`,
  ];
}

const besideWords: readonly (readonly [PromptOutcome, string])[] = [
  ["noResponse", "without an answer"],
  ["duplicateAttempt", "as a duplicate attempt (may hide a refusal)"],
  ["wrongNumber", "with a wrong number"],
  ["wrongCode", "with a wrong code"],
  ["blocked", "blocked"],
];

/** Prompts of the same span that ended otherwise: not counted, and yet part of the picture. */
function beside({ supporting }: Finding): readonly string[] {
  const counts = besideWords.flatMap(([outcome, words]) => {
    const count = supporting.get(outcome) ?? 0;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return counts.length === 0
    ? []
    : [`- Other prompts in that span, not counted as refusals: ${counts.join(", ")}`];
}

function ruleLines(rule: Rule, user: string, facts: Facts): readonly string[] {
  return [
    `Rule: ${rule.name} (${rule.id}): ${conditionOf(rule)}. Threshold reached at ${formatTime(facts.triggeredAt)}.`,
    messageOf(rule, user),
    ...(rule.riskScore === null ? [] : [`Risk score of the user: ${rule.riskScore}.`]),
    `MITRE ATT&CK: ${rule.techniques.map(techniqueLink).join(", ")}.`,
    `Known false positives: ${rule.knownFalsePositives}`,
  ];
}

/** As many as there is room for, and a word about the others. */
function queries(user: string, facts: Facts, room: number): readonly string[] {
  const all = drilldowns(user, facts);
  const lines: string[] = [];
  const omitted: string[] = [];
  for (const [index, { title, query }] of all.entries()) {
    const own = ["", `${title}:`, "```kusto", query, "```"];
    const later = all.slice(index + 1).map((each) => each.title);
    if (lengthOf([...lines, ...own, ...omittedLine([...omitted, ...later])]) <= room) {
      lines.push(...own);
    } else {
      omitted.push(title);
    }
  }
  return [...lines, ...omittedLine(omitted)];
}

function omittedLine(titles: readonly string[]): readonly string[] {
  return titles.length === 0 ? [] : ["", `Queries left out for length: ${titles.join("; ")}.`];
}

/** A list in a summary gets no longer than this, save for its first value. */
const longestList = 400;

function list(values: readonly string[], most: number): string {
  const named: string[] = [];
  let length = 0;
  for (const value of values.slice(0, most).map((each) => inert(each, 80))) {
    length += value.length;
    if (named.length > 0 && length > longestList) {
      break;
    }
    named.push(value);
  }
  const rest = values.length - named.length;
  return named.length === 0
    ? "unknown"
    : `${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${cutAt(text, longest - 1)}…`;
}
