import type { Campaign, OriginVerdict, PasswordCheck } from "../context/context.ts";
import type { Finding } from "../decisions/finding.ts";
import type { Approval } from "../signin/sighting.ts";
import { visible } from "../signin/visible.ts";
import { signsOf } from "./summary.ts";

/** Maximum number of values in a list. Lists wait in a state row of limited size until they are sent. */
const mostValues = 20;

/** The evidence of a finding's context in columns instead of prose. */
export interface ContextFacts {
  readonly verdict: OriginVerdict;
  readonly historyDays: number;
  /** Addresses that the account had not used before, at most 20. */
  readonly newAddresses: readonly string[];
  /** Names of joined or compliant devices, at most 20. */
  readonly devices: readonly string[];
  readonly password: PasswordCheck | null;
  readonly spray: { readonly accounts: number; readonly attempts: number } | null;
  readonly successes: number;
  readonly firstSuccessAt: number | null;
  /** Reports in the audit log. */
  readonly reports: number;
  /** Signs of a takeover after the rule fired. */
  readonly signs: number;
  readonly firstSignAt: number | null;
  /** Events that followed and are relevant, oldest first, at most 20. */
  readonly followed: readonly {
    readonly at: number;
    readonly what: string;
    readonly address: string | null;
    readonly meaning: "takeover" | "protective";
  }[];
  /** Whether an inbox rule or forwarding of the account changed. */
  readonly mailbox: boolean;
  readonly campaign: Omit<Campaign, "shared"> | null;
  /** Tables that could not be queried, for example "AuditLogs: not connected". */
  readonly gaps: readonly string[];
}

/** Returns null if nothing was looked up. */
export function contextFacts({ context, facts }: Finding): ContextFacts | null {
  if (context === null) {
    return null;
  }
  const { origins, password, spray, successes, reports, followed, campaign, gaps } = context;
  const signs = signsOf(context, facts.triggeredAt);
  return {
    verdict: origins.verdict,
    historyDays: origins.historyDays,
    newAddresses: few(
      origins.addresses.flatMap(({ address, known }) => (known === false ? address : [])),
    ),
    devices: few(origins.devices.map(({ id, name }) => name ?? id)),
    password,
    spray: spray === null ? null : { accounts: spray.accounts, attempts: spray.attempts },
    successes: successes.length,
    firstSuccessAt: successes[0]?.at ?? null,
    reports: reports.length,
    signs: signs.length,
    firstSignAt: signs[0]?.at ?? null,
    followed: followed
      .flatMap(({ at, what, address, meaning }) =>
        meaning === "neutral" ? [] : { at, what: visible(what), address, meaning },
      )
      .slice(0, mostValues),
    mailbox: signs.some(({ kind }) => kind === "inbox-rule"),
    campaign:
      campaign === null
        ? null
        : { id: campaign.id, users: campaign.users, members: few(campaign.members) },
    gaps: gaps.map(({ table, problem }) => `${table}: ${problem}`),
  };
}

/** Returns the row of the approval that counts; null if there is no approval, or its row is not known. */
export function approvalRow({ facts, approvals }: Finding): Approval | null {
  return approvals.find(({ at }) => at === facts.approval?.at) ?? null;
}

function few(values: readonly string[]): readonly string[] {
  return values.slice(0, mostValues).map((value) => visible(value));
}
