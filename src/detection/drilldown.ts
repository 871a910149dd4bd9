import type { Facts } from "./finding.ts";
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
  const from = kqlDatetime(facts.firstDenialAt - hour);
  const to = kqlDatetime(facts.lastDenialAt + publicationLag);
  const weekBefore = kqlDatetime(facts.firstDenialAt - 7 * day);
  const who = `UserPrincipalName =~ ${kqlString(user)} or UserId =~ ${kqlString(user)}`;
  return [
    {
      title: "The denials of this user in this span",
      query: [
        "SigninLogs",
        `| where TimeGenerated between (${from} .. ${to})`,
        `| where ${who}`,
        '| where ResultType == "500121" or AuthenticationDetails has_any ("denied", "SuspiciousActivityReported")',
        "| project TimeGenerated, CreatedDateTime, ResultType, IPAddress, AppDisplayName, UserAgent, Status, AuthenticationDetails",
      ].join("\n"),
    },
    {
      title: "Other risk events of this user in the 7 days before",
      query: [
        "AADUserRiskEvents",
        `| where TimeGenerated between (${weekBefore} .. ${to})`,
        `| where ${who}`,
        "| project TimeGenerated, RiskEventType, RiskLevel, RiskState, IpAddress, Source",
      ].join("\n"),
    },
  ];
}
