import type { Context, Followed, Origins } from "../context/context.ts";
import type { MatchedApproval } from "../decisions/approval.ts";
import type { Facts, Finding } from "../decisions/finding.ts";
import { refusedWord } from "../rules/ruleText.ts";
import { areRefusals, outcomeList } from "./outcomeWords.ts";
import {
  counted,
  listed,
  nameText,
  dayAndTime,
  shown,
  timeBeside,
  wholeSeconds,
} from "./wording.ts";

/** From this number of other users on, the summary begins with the campaign. */
const largeCampaign = 10;

/** Returns what an analyst reads first: what happened, from where, and with what result. */
export function summaryOf(user: string, finding: Finding): string {
  const { context } = finding;
  const { campaign } = context ?? { campaign: null };
  return [
    ...(campaign !== null && campaign.users >= largeCampaign
      ? [`**Part of a campaign against ${campaign.users} other users.**`]
      : []),
    refusals(user, finding),
    origin(finding),
    outcome(finding),
  ].join(" ");
}

function refusals(user: string, { facts, evidence, denials: prompted }: Finding): string {
  const { denials, fraudReports, firstDenialAt, lastDenialAt, atLeast } = facts;
  const prompts = `**${atLeast ? "at least " : ""}${counted(denials, "MFA prompt")}**`;
  const mixture = areRefusals(prompted) ? "" : ` (${outcomeList(prompted)})`;
  const when =
    lastDenialAt === firstDenialAt
      ? ` at ${dayAndTime(firstDenialAt)} UTC`
      : ` within ${wholeSeconds(lastDenialAt - firstDenialAt)}, from ${dayAndTime(firstDenialAt)} to ${timeBeside(lastDenialAt, firstDenialAt)} UTC`;
  const fraud = fraudReports === 0 ? "" : `, and **reported ${fraudReports} as fraud**`;
  return `${nameText(user)}${evidence.guest ? " (a guest)" : ""} ${refusedWord(prompted.map((prompt) => prompt.outcome))} ${prompts}${mixture}${when}${fraud}.`;
}

/** Says where the refused prompts came from, and whether the password was right. */
export function origin({ context, evidence }: Finding): string {
  const places =
    evidence.locations.length === 0 ? "" : ` (${listed(evidence.locations.map(shown), 3)})`;
  const addresses = `${listed(evidence.ipAddresses.map(shown), 3)}${places}`;
  const from =
    context === null ? `They came from ${addresses}` : originSentence(context.origins, addresses);
  return `${from}${passwordClause(context)}.`;
}

function originSentence({ verdict, addresses, historyDays }: Origins, places: string): string {
  const count = addresses.length;
  const strange = addresses.filter(({ known }) => known === false).length;
  const all = counted(count, "address", "addresses");
  switch (verdict) {
    case "new":
      return `They came from ${count === 1 ? "an address" : all} that this user had not used in ${counted(historyDays, "day")}, ${places}`;
    case "usual":
      return `They came from where this user usually signs in, ${places}`;
    case "mixed":
      return strange === 0
        ? `They came from ${places}, not all of them from where this user usually signs in`
        : `They came from ${places}; ${strange} of ${all} ${strange === 1 ? "is" : "are"} new to this user`;
    case "unknown":
      return `They came from ${places}; whether that is usual for this user is not known`;
  }
}

function passwordClause(context: Context | null): string {
  const password = context?.password ?? null;
  if (password === null || password.right === 0) {
    return "";
  }
  return password.right === password.shown
    ? ". The password was right each time"
    : `. The password was right ${password.right} of ${password.shown} times`;
}

/** Says what followed: an approval first, then signs of a takeover. */
function outcome({ facts, context, denials }: Finding): string {
  const isPlain = areRefusals(denials);
  const signs = signsOf(context, facts.triggeredAt);
  const successes = context?.successes ?? [];
  const [success] = successes;
  if (facts.approval !== null) {
    return [
      approvalSentence(facts.approval, facts.lastDenialAt, isPlain),
      ...signSentence(signs, facts, isPlain),
    ].join(" ");
  }
  if (signs.length > 0) {
    return signSentence(signs, facts, isPlain).join(" ");
  }
  if (success !== undefined) {
    return `**${counted(successes.length, "successful sign-in")} followed** from the same addresses or sessions, the first at ${timeBeside(success.at, facts.firstDenialAt)}.`;
  }
  return "No prompt was approved afterwards, as far as the log shows.";
}

/** Returns signs of a takeover after the rule fired, oldest first. */
export function signsOf(context: Context | null, triggeredAt: number): readonly Followed[] {
  return (context?.followed ?? []).filter(
    ({ at, meaning }) => meaning === "takeover" && at >= triggeredAt,
  );
}

function signSentence(
  signs: readonly Followed[],
  { firstDenialAt }: Pick<Facts, "firstDenialAt">,
  isPlain: boolean,
): readonly string[] {
  const [first, ...more] = signs;
  if (first === undefined) {
    return [];
  }
  const from = first.address === null ? "" : ` from ${shown(first.address)}`;
  const others =
    more.length === 0 ? "" : `, and ${counted(more.length, "more sign")} of a takeover`;
  return [
    `**${wholeSeconds(first.at - firstDenialAt)} after the first ${isPlain ? "refusal" : "prompt"}: ${shown(first.what)}**${from}${others}.`,
  ];
}

const matchWords = {
  "same-request": "in the sign-in of",
  "same-address": "from the address of",
  other: null,
} as const satisfies Record<MatchedApproval["match"], string | null>;

/**
 * Says that a prompt was approved, and how it matches the others.
 *
 * @param isPlain all of the others were refused
 */
export function approvalSentence(
  { at, match }: MatchedApproval,
  lastDenialAt: number,
  isPlain: boolean,
): string {
  const words = matchWords[match];
  const from =
    words === null
      ? "from another address"
      : `${words} ${isPlain ? "a refused prompt" : "one of the prompts"}`;
  const later =
    at > lastDenialAt
      ? `**${wholeSeconds(at - lastDenialAt)} later a prompt was APPROVED**`
      : `**A prompt was APPROVED** at ${timeBeside(at, lastDenialAt)}`;
  return `${later}, ${from}: treat the account as compromised until shown otherwise.`;
}
