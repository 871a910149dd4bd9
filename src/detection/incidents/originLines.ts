import type {
  Campaign,
  CampaignTrait,
  Context,
  FamiliarTrait,
  OriginAddress,
  Origins,
} from "../context/context.ts";
import type { Evidence } from "../decisions/finding.ts";
import { counted, listed, nameText, shown } from "./wording.ts";

/** Says where the denials came from, and what is known about that. */
export function originLines(evidence: Evidence, context: Context | null): readonly string[] {
  return [
    ...(context === null
      ? [`- Addresses: ${listed(evidence.ipAddresses.map(shown), 10)}`]
      : knownOrigins(context.origins)),
    `- Applications: ${listed(evidence.applications.map(shown), 6)}`,
    `- User id: ${shown(evidence.userId ?? "unknown")}`,
    ...(context === null ? [] : [...besides(context), ...campaignLine(context.campaign)]),
    ...(context === null || context.gaps.length === 0
      ? []
      : [
          `- Not looked up: ${context.gaps.map(({ table, problem }) => `${table} (${problem})`).join(", ")}`,
        ]),
  ];
}

const mostOrigins = 6;

const kindWords = {
  neighbourhood: "network",
  "as-number": "AS number",
  country: "country",
  browser: "browser",
  application: "application",
  address: "address",
  "user-agent": "user agent",
} as const satisfies Record<FamiliarTrait["kind"] | CampaignTrait["kind"], string>;

function knownOrigins({ verdict, historyDays, addresses, devices, traits }: Origins) {
  const rest = addresses.length - mostOrigins;
  return [
    `- Origin: **${verdict}**, by ${counted(historyDays, "day")} of history`,
    ...addresses.slice(0, mostOrigins).map((each) => `  - ${addressText(each)}`),
    ...(rest > 0 ? [`  - and ${counted(rest, "more address", "more addresses")}`] : []),
    ...devices
      .slice(0, mostOrigins)
      .map(
        ({ id, name, known, days }) => `  - device ${shown(name ?? id)}: ${knownText(known, days)}`,
      ),
    ...(traits.length === 0
      ? []
      : [
          `  - beside them: ${listed(
            traits.map(
              ({ kind, value, known }) =>
                `${kindWords[kind]} ${shown(value)} ${knownText(known, null)}`,
            ),
            6,
          )}`,
        ]),
  ];
}

function addressText({ address, location, asNumber, known, days }: OriginAddress): string {
  const place = [location, asNumber === null ? null : `AS${asNumber.replace(/^AS/i, "")}`]
    .filter((part) => part !== null)
    .map(shown);
  return `${shown(address)}${place.length === 0 ? "" : ` (${place.join(", ")})`}: ${knownText(known, days)}`;
}

function knownText(known: boolean | null, days: number | null): string {
  if (known === null) {
    return "not known whether it is new";
  }
  const seen = days === null ? "" : `, used on ${counted(days, "day")}`;
  return known ? `known${seen}` : "**new**";
}

function besides({ password }: Context): readonly string[] {
  return password === null || password.wrongBefore === 0
    ? []
    : [`- Before: ${counted(password.wrongBefore, "wrong password")} for this account in 24 hours`];
}

function campaignLine(campaign: Campaign | null): readonly string[] {
  return campaign === null ? [] : [`- Campaign: ${campaignText(campaign)}`];
}

/** Says who else was attacked, and what they share. */
export function campaignText(campaign: Campaign): string {
  const { users, members, shared } = campaign;
  const traits = listed(
    shared.map(({ kind, value }) => `${kindWords[kind]} ${shown(value)}`),
    3,
  );
  return `${counted(users, "other user")} with refused or failed prompts from the same ${traits}: ${listed(members.map(nameText), 20)}`;
}
