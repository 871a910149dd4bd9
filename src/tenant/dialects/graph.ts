import type { SigninRow } from "../row.ts";

type GraphSignIn = Readonly<Record<string, unknown>>;

/** Columns of `SigninLogs` whose property is the name with a lower-case first letter. */
const sameNames = `
  Id CreatedDateTime UserDisplayName UserPrincipalName UserId AppId AppDisplayName IPAddress
  ClientAppUsed CorrelationId OriginalRequestId ConditionalAccessStatus IsInteractive UserAgent
  UserType ResourceDisplayName ResourceTenantId HomeTenantId CrossTenantAccessType
  AuthenticationRequirement TokenIssuerType TokenIssuerName UniqueTokenIdentifier SessionId
  RiskDetail RiskLevelAggregated RiskLevelDuringSignIn RiskState AutonomousSystemNumber Status
  DeviceDetail MfaDetail
`
  .trim()
  .split(/\s+/);

const renamed: ReadonlyMap<string, string> = new Map([
  ["IPAddress", "ipAddress"],
  ["ResourceIdentity", "resourceId"],
  ["LocationDetails", "location"],
  ["ConditionalAccessPolicies", "appliedConditionalAccessPolicies"],
]);

/** Returns a `signIn` resource of Microsoft Graph. Its steps have no sequences, and it has no publication time. */
export function toGraphSignIn(row: SigninRow): GraphSignIn {
  const signIn: Record<string, unknown> = {};
  for (const column of [...sameNames, ...renamed.keys()]) {
    const value = row[column];
    if (value === undefined) {
      continue;
    }
    signIn[renamed.get(column) ?? column.charAt(0).toLowerCase() + column.slice(1)] = value;
  }
  signIn["signInEventTypes"] = [
    row["IsInteractive"] === false ? "nonInteractiveUser" : "interactiveUser",
  ];
  signIn["authenticationDetails"] = stepsOf(row).map(withoutSequences);
  return signIn;
}

/** Returns one page of an answer. Every page but the last has a link to the next one. */
export function toGraphPage(rows: Iterable<SigninRow>, nextLink?: string): GraphSignIn {
  return {
    "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns",
    ...(nextLink === undefined ? {} : { "@odata.nextLink": nextLink }),
    value: Array.from(rows, toGraphSignIn),
  };
}

function stepsOf(row: SigninRow): readonly unknown[] {
  const text = row["AuthenticationDetails"];
  const steps: unknown = typeof text === "string" ? JSON.parse(text) : [];
  return Array.isArray(steps) ? steps : [];
}

function withoutSequences(step: unknown): unknown {
  if (typeof step !== "object" || step === null) {
    return step;
  }
  const {
    StatusSequence: _answered,
    RequestSequence: _asked,
    ...rest
  }: Record<string, unknown> = {
    ...step,
  };
  return rest;
}
