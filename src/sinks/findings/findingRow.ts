import { shownName } from "../../detection/signin/account.ts";
import { formatTime } from "../../detection/signin/time.ts";
import type { Incident } from "../../run/ports.ts";
import { approvalRow, contextColumns, contextRow, noContextRow } from "./contextRow.ts";

/**
 * The columns of the custom table `MfaDenyFindings_CL`, with their types in the log service. The table, the data
 * collection rule and the analytics rule in `infra/findings/` are tested against this.
 */
export const findingColumns = {
  TimeGenerated: "datetime",
  FindingId: "string",
  Revision: "int",
  Change: "string",
  Reason: "string",
  RuleId: "string",
  RuleName: "string",
  Severity: "string",
  Title: "string",
  Description: "string",
  UserPrincipalName: "string",
  AccountName: "string",
  AccountUPNSuffix: "string",
  AadUserId: "string",
  AadTenantId: "string",
  Guest: "boolean",
  Denials: "int",
  AtLeast: "boolean",
  FraudReports: "int",
  FirstDenialAt: "datetime",
  TriggeredAt: "datetime",
  LastDenialAt: "datetime",
  ApprovedAt: "datetime",
  ApprovalMatch: "string",
  IPAddress: "string",
  IPAddresses: "dynamic",
  Application: "string",
  Applications: "dynamic",
  UserAgents: "dynamic",
  Locations: "dynamic",
  Techniques: "dynamic",
  MergedInto: "string",
  WorkspaceId: "string",
  WorkspaceName: "string",
  Labels: "dynamic",
  IPAddress2: "string",
  IPAddress3: "string",
  ...contextColumns,
} as const satisfies Record<string, "string" | "int" | "boolean" | "datetime" | "dynamic">;

/** A value for each column; null if there is none. */
export type FindingRow = Readonly<Record<keyof typeof findingColumns, unknown>>;

/**
 * Returns a row with what an incident says now. `Change` is `opened` for the first row of a finding that the sink
 * gets, `raised` if its severity rose since the last one, and otherwise `changed`.
 */
export function findingRow(incident: Incident, now: number): FindingRow {
  const { text, summary } = incident;
  const { rule, subject, facts, evidence } = summary;
  const { approval } = facts;
  return {
    ...emptyRow(incident.id, now),
    Revision: incident.revision,
    Change: changeOf(incident),
    Reason: summary.reason,
    RuleId: rule.id,
    RuleName: rule.name,
    Severity: facts.severity,
    Title: text.title,
    Description: text.description,
    ...accountColumns(shownName(subject), evidence.userId),
    AadUserId: evidence.userId,
    AadTenantId: subject.tenantId,
    Guest: evidence.guest,
    Denials: facts.denials,
    AtLeast: facts.atLeast,
    FraudReports: facts.fraudReports,
    FirstDenialAt: formatTime(facts.firstDenialAt),
    TriggeredAt: formatTime(facts.triggeredAt),
    LastDenialAt: formatTime(facts.lastDenialAt),
    ApprovedAt: approval === null ? null : formatTime(approval.at),
    ApprovalMatch: approval?.match ?? null,
    IPAddress: evidence.ipAddresses[0] ?? null,
    IPAddresses: evidence.ipAddresses,
    Application: evidence.applications[0] ?? null,
    Applications: evidence.applications,
    UserAgents: evidence.userAgents,
    Locations: evidence.locations,
    Techniques: rule.techniques,
    Labels: text.labels,
    IPAddress2: evidence.ipAddresses[1] ?? null,
    IPAddress3: evidence.ipAddresses[2] ?? null,
    ...(summary.approvedBy ? approvalRow(summary.approvedBy) : {}),
    ...(summary.context ? contextRow(summary.context, shownName(subject)) : {}),
  };
}

/** Returns a row which says that a finding turned out to belong to another. */
export function mergeRow(id: string, keeperId: string, now: number): FindingRow {
  return { ...emptyRow(id, now), Change: "merged", MergedInto: keeperId };
}

function changeOf({ sentRevision, summary }: Incident): "opened" | "raised" | "changed" {
  if (sentRevision === 0) {
    return "opened";
  }
  return summary.severitySince > sentRevision ? "raised" : "changed";
}

/** Splits a principal name into the parts by which Sentinel identifies an account. The object id has its own column. */
function accountColumns(user: string, userId: string | null) {
  const at = user.lastIndexOf("@");
  const isId = user === userId?.toLowerCase();
  return {
    UserPrincipalName: user,
    AccountName: isId ? null : at < 0 ? user : user.slice(0, at),
    AccountUPNSuffix: at < 0 ? null : user.slice(at + 1),
  };
}

function emptyRow(id: string, now: number): FindingRow {
  return { ...noValues, TimeGenerated: formatTime(now), FindingId: id, Revision: 0 };
}

const noValues: FindingRow = {
  TimeGenerated: null,
  FindingId: null,
  Revision: null,
  Change: null,
  Reason: null,
  RuleId: null,
  RuleName: null,
  Severity: null,
  Title: null,
  Description: null,
  UserPrincipalName: null,
  AccountName: null,
  AccountUPNSuffix: null,
  AadUserId: null,
  AadTenantId: null,
  Guest: null,
  Denials: null,
  AtLeast: null,
  FraudReports: null,
  FirstDenialAt: null,
  TriggeredAt: null,
  LastDenialAt: null,
  ApprovedAt: null,
  ApprovalMatch: null,
  IPAddress: null,
  IPAddresses: null,
  Application: null,
  Applications: null,
  UserAgents: null,
  Locations: null,
  Techniques: null,
  MergedInto: null,
  WorkspaceId: null,
  WorkspaceName: null,
  Labels: null,
  IPAddress2: null,
  IPAddress3: null,
  ...noContextRow,
};
