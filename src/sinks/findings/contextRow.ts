import type { ContextFacts } from "../../detection/incidents/contextFacts.ts";
import { formatTime } from "../../detection/signin/time.ts";
import type { Approval } from "../../detection/signin/sighting.ts";
import { visible } from "../../detection/signin/visible.ts";

/** The columns for what the logs around a finding say. */
export const contextColumns = {
  ApprovalIPAddress: "string",
  ApprovalLocation: "string",
  ApprovalApplication: "string",
  ApprovalMethod: "string",
  ApprovalSession: "string",
  OriginVerdict: "string",
  HistoryDays: "int",
  NewAddresses: "dynamic",
  Device: "string",
  Devices: "dynamic",
  PasswordRight: "int",
  PasswordShown: "int",
  WrongPasswordsBefore: "int",
  SprayAccounts: "int",
  SprayAttempts: "int",
  SuccessesAfter: "int",
  FirstSuccessAt: "datetime",
  AuditReports: "int",
  TakeoverSigns: "int",
  FirstSign: "string",
  FirstSignAt: "datetime",
  FollowedBy: "dynamic",
  FollowedIPAddress: "string",
  Mailbox: "string",
  CampaignId: "string",
  CampaignUsers: "int",
  CampaignMembers: "dynamic",
  ContextGaps: "dynamic",
} as const;

type ContextRow = Readonly<Record<keyof typeof contextColumns, unknown>>;

export const noContextRow: ContextRow = {
  ApprovalIPAddress: null,
  ApprovalLocation: null,
  ApprovalApplication: null,
  ApprovalMethod: null,
  ApprovalSession: null,
  OriginVerdict: null,
  HistoryDays: null,
  NewAddresses: null,
  Device: null,
  Devices: null,
  PasswordRight: null,
  PasswordShown: null,
  WrongPasswordsBefore: null,
  SprayAccounts: null,
  SprayAttempts: null,
  SuccessesAfter: null,
  FirstSuccessAt: null,
  AuditReports: null,
  TakeoverSigns: null,
  FirstSign: null,
  FirstSignAt: null,
  FollowedBy: null,
  FollowedIPAddress: null,
  Mailbox: null,
  CampaignId: null,
  CampaignUsers: null,
  CampaignMembers: null,
  ContextGaps: null,
};

/** Returns the cells for an approval's row. */
export function approvalRow({ ipAddress, details }: Approval): Partial<ContextRow> {
  return {
    ApprovalIPAddress: ipAddress,
    ApprovalLocation: shownOrNull(details?.location),
    ApprovalApplication: shownOrNull(details?.application),
    ApprovalMethod: shownOrNull(details?.method),
    ApprovalSession: shownOrNull(details?.session),
  };
}

/** @param user the account's principal name, which is its mailbox */
export function contextRow(context: ContextFacts, user: string): Partial<ContextRow> {
  const { password, spray, campaign, followed } = context;
  return {
    OriginVerdict: context.verdict,
    HistoryDays: context.historyDays,
    NewAddresses: context.newAddresses,
    Device: context.devices[0] ?? null,
    Devices: context.devices,
    PasswordRight: password?.right ?? null,
    PasswordShown: password?.shown ?? null,
    WrongPasswordsBefore: password?.wrongBefore ?? null,
    SprayAccounts: spray?.accounts ?? null,
    SprayAttempts: spray?.attempts ?? null,
    SuccessesAfter: context.successes,
    FirstSuccessAt: timeOrNull(context.firstSuccessAt),
    AuditReports: context.reports,
    TakeoverSigns: context.signs,
    FirstSign: followed.find(({ meaning }) => meaning === "takeover")?.what ?? null,
    FirstSignAt: timeOrNull(context.firstSignAt),
    FollowedBy: followed.map((each) => ({ ...each, at: formatTime(each.at) })),
    FollowedIPAddress:
      followed.find(({ meaning, address }) => meaning === "takeover" && address !== null)
        ?.address ?? null,
    Mailbox: context.mailbox && user.includes("@") ? user : null,
    CampaignId: campaign?.id ?? null,
    CampaignUsers: campaign?.users ?? null,
    CampaignMembers: campaign?.members ?? null,
    ContextGaps: context.gaps,
  };
}

function shownOrNull(value: string | null = null): string | null {
  return value === null ? null : visible(value);
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : formatTime(at);
}
