import { drilldowns } from "./drilldown.ts";
import type { Finding, MatchedApproval } from "./finding.ts";
import type { Rule, Severity } from "./rule.ts";
import { formatTime } from "./time.ts";
import { cutAt, inert, visible } from "./visible.ts";

/** What an incident says, before it takes the shape of any service. */
export interface IncidentText {
  /** Without counts, so that it never has to change. */
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly labels: readonly string[];
  readonly firstActivityAt: number;
  readonly lastActivityAt: number;
}

/** A step for the analyst. */
export interface Task {
  readonly title: string;
  readonly description: string;
}

/** Microsoft Sentinel's limit for a description, in characters. */
export const longestDescription = 5_000;

/** Values of a list that are named before the rest is counted. */
const namedValues = 10;

const techniqueNames: Readonly<Record<string, string>> = {
  T1621: "Multi-Factor Authentication Request Generation",
  "T1078.004": "Valid Accounts: Cloud Accounts",
};

/** The incident of a finding as it stands now. */
export function describeIncident(rule: Rule, user: string, finding: Finding): IncidentText {
  const { facts } = finding;
  return {
    title: `Repeated MFA denials by ${visible(user)}`,
    description: cut(describe(rule, user, finding).join("\n")),
    severity: facts.severity,
    labels: [
      rule.id,
      ...rule.techniques,
      ...(facts.approval === null ? [] : ["approved-after"]),
      ...(facts.fraudReports > 0 ? ["fraud-reported"] : []),
      ...(finding.evidence.guest ? ["guest"] : []),
    ],
    firstActivityAt: facts.firstDenialAt,
    lastActivityAt: facts.lastDenialAt,
  };
}

function describe(rule: Rule, user: string, { facts, evidence }: Finding): readonly string[] {
  const count = `${facts.atLeast ? "at least " : ""}${facts.denials}`;
  return [
    `${inert(user)} explicitly refused ${count} MFA prompt${facts.denials === 1 ? "" : "s"} between ${formatTime(facts.firstDenialAt)} and ${formatTime(facts.lastDenialAt)}. Somebody may have the password and be pushing prompts.`,
    approvalSentence(facts.approval),
    ...(facts.fraudReports > 0
      ? [`Reported as fraud by the user: ${facts.fraudReports} of these prompts.`]
      : []),
    "",
    `- Addresses: ${list(evidence.ipAddresses)}`,
    `- Places: ${list(evidence.locations)}`,
    `- Applications: ${list(evidence.applications)}`,
    `- User agents: ${list(evidence.userAgents)}`,
    `- User id: ${inert(evidence.userId ?? "unknown")}${evidence.guest ? " (guest)" : ""}`,
    "",
    messageOf(rule, user),
    `Rule: ${rule.name} (${rule.id}): ${conditionOf(rule)}. Threshold reached at ${formatTime(facts.triggeredAt)}.`,
    ...(rule.riskScore === null ? [] : [`Risk score of the user: ${rule.riskScore}.`]),
    `MITRE ATT&CK: ${rule.techniques.map(technique).join(", ")}.`,
    `Known false positives: ${rule.knownFalsePositives}`,
    ...drilldowns(user, facts).flatMap(({ title, query }) => [
      "",
      `${title}:`,
      "```kusto",
      query,
      "```",
    ]),
  ];
}

function messageOf(rule: Rule, user: string): string {
  return rule.message
    .replace("{threshold}", String(rule.threshold))
    .replace("{below}", String(rule.threshold - 1))
    .replace("{window}", inWords(rule.windowMs))
    .replace("{user}", () => inert(user));
}

const matchWords = {
  "same-request": "in the same sign-in request as a refused one",
  "same-address": "from the address of a refused one",
  other: "from another address, in another request",
} as const satisfies Record<MatchedApproval["match"], string>;

function approvalSentence(approval: MatchedApproval | null): string {
  return approval === null
    ? "No prompt was approved afterwards, as far as the log shows until now."
    : `A prompt was APPROVED afterwards, at ${formatTime(approval.at)}, ${matchWords[approval.match]}: treat the account as compromised until shown otherwise.`;
}

/** When a rule fires, in words; every number is the rule's own. */
export function conditionOf(rule: Rule): string {
  const { kind, threshold, windowMs, approvalRequired, approvalWatchMs } = rule;
  const window = kind === "sliding" ? "within" : "in a fixed span of";
  const approval = approvalRequired
    ? `, and an approval within ${inWords(approvalWatchMs)} after the last`
    : "";
  return `${threshold} or more denials ${window} ${inWords(windowMs)}${approval}`;
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** "15 minutes", "1 hour 30 minutes", "0.5 seconds". */
export function inWords(durationMs: number): string {
  const words: string[] = [];
  let left = durationMs;
  for (const [unit, length] of units) {
    const count = unit === "second" ? left / length : Math.floor(left / length);
    left -= count * length;
    if (count > 0) {
      words.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
    }
  }
  return words.join(" ");
}

function technique(id: string): string {
  const name = techniqueNames[id];
  const link = `https://attack.mitre.org/techniques/${id.replace(".", "/")}/`;
  return name === undefined ? `[${id}](${link})` : `[${id} ${name}](${link})`;
}

function list(values: readonly string[]): string {
  const named = values.slice(0, namedValues).map((value) => inert(value, 120));
  const rest = values.length - named.length;
  return named.length === 0
    ? "unknown"
    : `${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

function cut(description: string): string {
  const note = "\n[cut: too long for the incident]";
  return description.length <= longestDescription
    ? description
    : `${cutAt(description, longestDescription - note.length)}${note}`;
}

/** What an analyst does with such an incident. */
export const analystTasks: readonly Task[] = [
  {
    title: "Ask the user by another channel",
    description:
      "Call or meet the user; do not use mail or chat of the account itself. Did they start these sign-ins? Did they approve any prompt?",
  },
  {
    title: "Review places, devices and addresses",
    description:
      "Compare the addresses, places, applications and user agents of the refused prompts with the user's ordinary sign-ins.",
  },
  {
    title: "Look for successful sign-ins and changes afterwards",
    description:
      "Successful sign-ins from the same addresses, new authentication methods, role assignments, mailbox rules and consents since the first denial.",
  },
  {
    title: "Decide on protection",
    description:
      "The password is probably known: reset it and revoke sessions. Consider number matching, sign-in risk policies and blocking the addresses.",
  },
];

/** What is new, for a comment on an incident that exists already. */
export function describeChange(reason: string, { facts }: Finding): string {
  return [
    `Update (${reason}): ${facts.atLeast ? "at least " : ""}${facts.denials} denials between ${formatTime(facts.firstDenialAt)} and ${formatTime(facts.lastDenialAt)}, severity ${facts.severity}.`,
    approvalSentence(facts.approval),
  ].join("\n");
}

/** For an incident whose burst turned out to be part of another. */
export function describeMerge(keeperId: string): string {
  return `The denials of this incident belong to the burst of incident ${keeperId}; what follows is told there.`;
}
