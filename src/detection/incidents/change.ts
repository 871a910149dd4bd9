import type { Decision, Reason } from "../decisions/decision.ts";
import type { Facts, Finding } from "../decisions/finding.ts";
import { approvalSentence, signsOf } from "./summary.ts";
import { byteLength, cutToBytes } from "./size.ts";
import { counted, dayAndTime, shown, timeBeside } from "./wording.ts";

/** In bytes. A comment in Microsoft Sentinel has at most 30,000 characters. */
const longestComment = 30_000;

/** Changes of a time by less than this (ms) need no action. */
const minorShift = 60_000;

type Why = Reason | "found again" | "delivered late";

/**
 * Describes what is new, for a comment on an existing incident.
 *
 * @param before what the incident was last given; null if unknown
 * @returns empty if the change needs no action
 */
export function describeChange(reason: Why, before: Facts | null, finding: Finding): string {
  const { facts } = finding;
  if (before !== null && isMinor(reason, before, facts)) {
    return "";
  }
  const more = before === null ? 0 : facts.denials - before.denials;
  const reports = facts.fraudReports - (before?.fraudReports ?? 0);
  const lines = [
    `Update (${reason}): ${facts.atLeast ? "at least " : ""}${counted(facts.denials, "denial")}${more > 0 ? `, ${more} more than before` : ""}, from ${dayAndTime(facts.firstDenialAt)} to ${timeBeside(facts.lastDenialAt, facts.firstDenialAt)} UTC.`,
    ...(before !== null && Math.abs(before.triggeredAt - facts.triggeredAt) >= minorShift
      ? [
          `The rule fired at ${timeBeside(facts.triggeredAt, facts.firstDenialAt)}, not at ${timeBeside(before.triggeredAt, facts.firstDenialAt)}.`,
        ]
      : []),
    ...(reports > 0 ? [`The user reported ${counted(reports, "prompt")} as fraud.`] : []),
    ...(before !== null && before.severity !== facts.severity
      ? [`Severity raised from ${before.severity} to ${facts.severity}.`]
      : []),
    ...(facts.approval === null ? [] : [approvalSentence(facts.approval, facts.lastDenialAt)]),
    ...signLines(finding),
  ];
  return fitComment(lines.join("\n"));
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

/** Later events that show a takeover. */
function signLines({ context, facts }: Finding): readonly string[] {
  const signs = signsOf(context, facts.triggeredAt);
  const rest = signs.length - mostSigns;
  return [
    ...signs
      .slice(0, mostSigns)
      .map(
        ({ at, what, address }) =>
          `**${shown(what)}** at ${timeBeside(at, facts.firstDenialAt)}${address === null ? "" : ` from ${shown(address)}`}: a sign of a takeover.`,
      ),
    ...(rest > 0 ? [`And ${counted(rest, "more sign")} of a takeover.`] : []),
  ];
}

function fitComment(text: string): string {
  const note = "\n[cut: too long for a comment]";
  return byteLength(text) <= longestComment
    ? text
    : `${cutToBytes(text, longestComment - byteLength(note))}${note}`;
}

/** Why an incident that a sink already has must be changed although this run's decision does not say so. */
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

/** For an incident whose burst turned out to be part of another. */
export function describeMerge(keeperId: string): string {
  return `The denials of this incident belong to incident ${keeperId}; updates are there.`;
}
