import type { Decision, Reason } from "../decisions/decision.ts";
import type { Facts, Finding } from "../decisions/finding.ts";
import type { RecordedBurst } from "../decisions/record.ts";
import { newSigns, type Sign, type ToldContext } from "../decisions/told.ts";
import { approvalOrigin } from "./approvalOrigin.ts";
import { approvalRow } from "./contextFacts.ts";
import { campaignText } from "./originLines.ts";
import { areRefusals } from "./outcomeWords.ts";
import { approvalSentence, origin } from "./summary.ts";
import { byteLength, cutToBytes } from "./size.ts";
import { counted, dayAndTime, nameText, shown, timeBeside } from "./wording.ts";

/** In bytes. A comment in Microsoft Sentinel has at most 30,000 characters. */
const longestComment = 30_000;

/** Changes of a time by less than this (ms) need no action. */
const minorShift = 60_000;

type Why = Reason | "found again" | "delivered late";

/** The state in which the incident was last described. */
type Before = Pick<RecordedBurst, "facts" | "told">;

/**
 * Describes what is new, for a comment on an existing incident.
 *
 * @param before what the incident was last given; null if unknown
 * @returns empty if the change needs no action
 */
export function describeChange(reason: Why, before: Before | null, finding: Finding): string {
  const { facts } = finding;
  const known = before?.facts ?? null;
  if (known !== null && isMinor(reason, known, facts)) {
    return "";
  }
  const more = known === null ? 0 : facts.denials - known.denials;
  const reports = facts.fraudReports - (known?.fraudReports ?? 0);
  const lines = [
    `Update (${reason}): ${facts.atLeast ? "at least " : ""}${counted(facts.denials, "denial")}${more > 0 ? `, ${more} more than before` : ""}, from ${dayAndTime(facts.firstDenialAt)} to ${timeBeside(facts.lastDenialAt, facts.firstDenialAt)} UTC.`,
    ...(known !== null && Math.abs(known.triggeredAt - facts.triggeredAt) >= minorShift
      ? [
          `The rule fired at ${timeBeside(facts.triggeredAt, facts.firstDenialAt)}, not at ${timeBeside(known.triggeredAt, facts.firstDenialAt)}.`,
        ]
      : []),
    ...(reports > 0 ? [`The user reported ${counted(reports, "prompt")} as fraud.`] : []),
    ...(known !== null && known.severity !== facts.severity
      ? [`Severity raised from ${known.severity} to ${facts.severity}.`]
      : []),
    ...approvalLines(known, finding),
    ...contextLines(before?.told ?? null, finding),
    ...signLines(before?.told ?? null, finding),
  ];
  return fitComment(lines.join("\n"));
}

/** Returns the approval, which every comment mentions. Its row is included if the incident did not have it. */
function approvalLines(before: Facts | null, finding: Finding): readonly string[] {
  const { approval, lastDenialAt } = finding.facts;
  if (approval === null) {
    return [];
  }
  const isTold = approval.at === before?.approval?.at && approval.match === before.approval.match;
  const row = isTold ? null : approvalRow(finding);
  const isPlain = areRefusals(finding.denials);
  return [
    approvalSentence(approval, lastDenialAt, isPlain),
    ...(row === null ? [] : [approvalOrigin(row)]),
  ];
}

/** Says what is newly known about the origin and the campaign. */
function contextLines(before: ToldContext | null, finding: Finding): readonly string[] {
  const { context } = finding;
  if (context === null) {
    return [];
  }
  const { campaign, origins } = context;
  const isOriginNew =
    origins.verdict !== "unknown" && (before === null || before.verdict === "unknown");
  const isCampaignNew = campaign !== null && (before === null || before.campaign === null);
  return [
    ...(isOriginNew ? [origin(finding)] : []),
    ...(isCampaignNew ? [`Campaign: ${campaignText(campaign)}.`] : []),
  ];
}

function isMinor(reason: Why, before: Facts, after: Facts): boolean {
  return (
    reason === "evidence-replaced" &&
    before.denials === after.denials &&
    before.fraudReports === after.fraudReports &&
    before.severity === after.severity &&
    before.approval?.match === after.approval?.match &&
    times.every((time) => Math.abs(before[time] - after[time]) < minorShift)
  );
}

const times = ["firstDenialAt", "triggeredAt", "lastDenialAt"] as const;

const mostSigns = 10;

/** Signs that the incident did not have before, those of a takeover first. */
function signLines(before: ToldContext | null, { context, facts }: Finding): readonly string[] {
  const signs = newSigns(before, context).toSorted((a, b) => rankOf(a) - rankOf(b));
  const rest = signs.length - mostSigns;
  return [
    ...signs.slice(0, mostSigns).map((sign) => signLine(sign, facts.firstDenialAt)),
    ...(rest > 0 ? [`And ${counted(rest, "more event")}, in the description.`] : []),
  ];
}

/** Returns the rank of a kind. Within a kind, the oldest comes first. */
function rankOf(sign: Sign): number {
  switch (sign.kind) {
    case "followed":
      return sign.event.meaning === "takeover" ? 0 : 3;
    case "report":
      return 1;
    case "success":
      return 2;
  }
}

function signLine(sign: Sign, firstDenialAt: number): string {
  const time = timeBeside(sign.event.at, firstDenialAt);
  switch (sign.kind) {
    case "report": {
      const { what, by } = sign.event;
      return `**${shown(what)}** at ${time}${by === null ? "" : ` by ${nameText(by)}`}.`;
    }
    case "followed": {
      const { what, address, meaning } = sign.event;
      const says = meaning === "takeover" ? "a sign of a takeover" : "in the account's defence";
      return `**${shown(what)}** at ${time}${from(address)}: ${says}.`;
    }
    case "success": {
      const { user, ipAddress, application } = sign.event;
      return `${nameText(user)} **signed in** at ${time}${from(ipAddress)}${application === null ? "" : `, ${shown(application)}`}.`;
    }
  }
}

function from(address: string | null): string {
  return address === null ? "" : ` from ${shown(address)}`;
}

function fitComment(text: string): string {
  const note = "\n[cut: too long for a comment]";
  return byteLength(text) <= longestComment
    ? text
    : `${cutToBytes(text, longestComment - byteLength(note))}${note}`;
}

/** Says why an incident that a sink already has must be changed although this run's decision does not say so. */
export function lateReason({ action }: Pick<Decision, "action">): Why | null {
  switch (action) {
    case "open":
      return "found again";
    case "none":
      return "delivered late";
    case "update":
      return null;
  }
}

/** Returns the comment for an incident whose burst turned out to be part of another. */
export function describeMerge(keeperId: string): string {
  return `The denials of this incident belong to incident ${keeperId}; updates are there.`;
}
