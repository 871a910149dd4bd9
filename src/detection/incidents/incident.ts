import type { Facts, Finding } from "../decisions/finding.ts";
import type { PromptOutcome } from "../signin/outcome.ts";
import type { Rule, Severity } from "../rules/rule.ts";
import { messageOf, techniqueLink } from "../rules/ruleText.ts";
import { shownName, type Account } from "../signin/account.ts";
import { visible } from "../signin/visible.ts";
import { analystTasks } from "./analystTasks.ts";
import { drilldowns } from "./drilldown.ts";
import { areRefusals } from "./outcomeWords.ts";
import { originLines } from "./originLines.ts";
import { byteLength, cutToBytes, sizeOf } from "./size.ts";
import { signsOf, summaryOf } from "./summary.ts";
import { timeline } from "./timeline.ts";
import { nameText, timeBeside } from "./wording.ts";

/** What an incident says, independent of any service. */
export interface IncidentText {
  /** Has no counts, so that it never has to change. */
  readonly title: string;
  /** Markdown; its first paragraph is the summary. */
  readonly description: string;
  readonly severity: Severity;
  readonly labels: readonly string[];
  readonly firstActivityAt: number;
  readonly lastActivityAt: number;
}

/**
 * Maximum length of a description, in bytes of UTF-8. Microsoft Sentinel accepts 5,000 characters, and an alert's
 * description 5 KB.
 */
export const longestDescription = 5_000;

/** In bytes. A title, and the name of an alert, have at most 256. */
const longestName = 200;

/** Describes the incident of a finding as it is now. */
export function describeIncident(account: Account, finding: Finding): IncidentText {
  const { facts, rules } = finding;
  const user = shownName(account);
  return {
    title: `MFA push attack on ${shorten(visible(user), longestName)}`,
    description: describe(account, finding),
    severity: facts.severity,
    labels: [
      ...rules.map(({ id }) => id),
      ...new Set(rules.flatMap(({ techniques }) => techniques)),
      ...evidenceLabels(finding),
    ],
    firstActivityAt: facts.firstDenialAt,
    lastActivityAt: facts.lastDenialAt,
  };
}

function evidenceLabels({ facts, evidence, context }: Finding): readonly string[] {
  const verdict = context?.origins.verdict ?? "unknown";
  const campaign = context?.campaign ?? null;
  const isReported = facts.fraudReports > 0 || (context?.reports.length ?? 0) > 0;
  return [
    ...(facts.approval === null ? [] : ["approved-after"]),
    ...(isReported ? ["fraud-reported"] : []),
    ...(evidence.guest ? ["guest"] : []),
    ...(verdict === "new" || verdict === "mixed" ? ["new-origin"] : []),
    ...(verdict === "usual" ? ["usual-origin"] : []),
    ...(signsOf(context, facts.triggeredAt).length > 0 ? ["takeover-signs"] : []),
    ...((context?.spray ?? null) === null ? [] : ["spray-before"]),
    ...(campaign === null ? [] : ["campaign"]),
    ...(campaign === null || campaign.id === null ? [] : [`campaign:${campaign.id}`]),
  ];
}

/** Fits a description into the incident. One that is too long is cut and says so. */
export function fitDescription(description: string): string {
  const note = "\n[cut: too long for the incident]";
  return byteLength(description) <= longestDescription
    ? description
    : `${cutToBytes(description, longestDescription - byteLength(note))}${note}`;
}

/**
 * The most important things come first. Queries are either complete or left out. The timeline takes the remaining
 * space.
 */
function describe(account: Account, finding: Finding): string {
  const user = shownName(account);
  const { facts, evidence, context } = finding;
  const before = [summaryOf(user, finding), "", nextSteps(facts), ""];
  const after = [
    "",
    ...originLines(evidence, context),
    ...beside(finding),
    "",
    ...ruleLines(user, finding),
  ];
  const leastTable = timeline(finding, leastTimeline);
  const left = longestDescription - sizeOf([...before, ...leastTable, ...after]);
  const found = queries(account, finding, left);
  const table = timeline(finding, longestDescription - sizeOf([...before, ...after, ...found]));
  return fitDescription([...before, ...table, ...after, ...found].join("\n"));
}

/** Space that the timeline gets before the queries, in bytes. */
const leastTimeline = 1_200;

/** Returns the tasks in one line, for portals that do not show tasks. */
function nextSteps({ approval }: Facts): string {
  const steps = analystTasks.map(({ title }, index) => `${index + 1}. ${title}`).join("; ");
  const first = approval === null ? "" : "At once: revoke the sessions and reset the password. ";
  return `**What to do:** ${first}${steps}. If the user did not start these sign-ins, somebody else did, and probably knows the password.`;
}

const besideWords: readonly (readonly [PromptOutcome, string])[] = [
  ["noResponse", "without an answer"],
  ["duplicateAttempt", "as a duplicate attempt (may hide a refusal)"],
  ["wrongNumber", "with a wrong number"],
  ["wrongCode", "with a wrong code"],
  ["blocked", "blocked"],
];

/** Prompts in the same span with other outcomes. They are not counted, but are part of the picture. */
function beside({ supporting, denials }: Finding): readonly string[] {
  const counts = besideWords.flatMap(([outcome, words]) => {
    const count = supporting.get(outcome) ?? 0;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return counts.length === 0
    ? []
    : [
        `- Other prompts in that span, not counted${areRefusals(denials) ? " as refusals" : ""}: ${counts.join(", ")}`,
      ];
}

function ruleLines(user: string, { rules, facts }: Finding): readonly string[] {
  const [rule] = rules;
  return [
    ...rules.map((each) => `Rule ${each.id}: ${messageOf(each, nameText(user))}`),
    `${rules.length === 1 ? "It" : "The first of them"} fired at ${timeBeside(facts.triggeredAt, facts.firstDenialAt)}.${riskScore(rule)}`,
    `MITRE ATT&CK: ${[...new Set(rules.flatMap(({ techniques }) => techniques))].map(techniqueLink).join(", ")}.`,
    `Known false positives: ${rules.map(({ knownFalsePositives }) => knownFalsePositives).join(" ")}`,
  ];
}

function riskScore({ riskScore: score }: Rule): string {
  return score === null ? "" : ` Risk score of the user: ${score}.`;
}

/** Returns as many queries as fit, and the titles of the others. */
function queries(account: Account, { facts, evidence }: Finding, room: number): readonly string[] {
  const all = drilldowns(account, facts, evidence.ipAddresses);
  const lines: string[] = [];
  const omitted: string[] = [];
  for (const [index, { title, query }] of all.entries()) {
    const own = ["", `${title}:`, "```kusto", query, "```"];
    const later = all.slice(index + 1).map((each) => each.title);
    if (sizeOf([...lines, ...own, ...omittedLine([...omitted, ...later])]) <= room) {
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

function shorten(text: string, longest: number): string {
  return byteLength(text) <= longest ? text : `${cutToBytes(text, longest - 3)}…`;
}
