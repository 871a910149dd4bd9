import type { Facts } from "../decisions/finding.ts";
import { kqlDatetime, kqlString } from "./kqlText.ts";

/** A query that an analyst can run as it stands. */
export interface Drilldown {
  readonly title: string;
  readonly query: string;
}

const hour = 3_600_000;
const day = 24 * hour;

/** Rows are published late: up to this long after they happened a query has to look for them. */
const publicationLag = 2 * day;

/** @param user the finding's user: a principal name or, where the log had none, an object id */
export function drilldowns(user: string, facts: Facts): readonly Drilldown[] {
  const { firstDenialAt, lastDenialAt } = facts;
  // Named once: what has to be escaped is long.
  const who = `let who = ${kqlString(user)};`;
  const isWho = "| where UserPrincipalName =~ who or UserId =~ who";
  const span = between(firstDenialAt - hour, lastDenialAt + publicationLag);
  const weekBefore = between(firstDenialAt - 7 * day, firstDenialAt);
  return [
    {
      title: "This user's denials in the span",
      query: [
        who,
        "SigninLogs",
        span,
        isWho,
        '| where ResultType == "500121" or strcat(AuthenticationDetails, tostring(Status)) has_any ("denied", "declined", "SuspiciousActivityReported")',
        "| project TimeGenerated, ResultType, IPAddress, AppDisplayName, UserAgent, Status, AuthenticationDetails",
      ].join("\n"),
    },
    {
      title: "Changes of roles and authentication methods since",
      query: [
        who,
        "AuditLogs",
        `| where TimeGenerated >= ${kqlDatetime(firstDenialAt)}`,
        "| where tostring(TargetResources) contains who or tostring(InitiatedBy) contains who",
        '| where OperationName has_any ("role", "security info", "authentication method", "password", "consent")',
        "| project TimeGenerated, OperationName, Result, InitiatedBy, TargetResources",
      ].join("\n"),
    },
    {
      title: "This user's other sign-ins of the 7 days before",
      query: [
        who,
        "SigninLogs",
        weekBefore,
        isWho,
        "| summarize SignIns = count(), LastAt = max(TimeGenerated) by ResultType, IPAddress, Location, AppDisplayName",
      ].join("\n"),
    },
    {
      title: "This user's other risk events of the 7 days before",
      query: [
        who,
        "AADUserRiskEvents",
        weekBefore,
        isWho,
        "| project TimeGenerated, RiskEventType, RiskLevel, RiskState, IpAddress",
      ].join("\n"),
    },
  ];
}

function between(from: number, to: number): string {
  return `| where TimeGenerated between (${kqlDatetime(from)} .. ${kqlDatetime(to)})`;
}
