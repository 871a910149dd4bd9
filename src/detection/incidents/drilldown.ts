import type { Facts } from "../decisions/finding.ts";
import { allNames, type Account } from "../signin/account.ts";
import { strongAuthenticationFailed } from "../signin/candidate.ts";
import { denialSearch } from "../signin/outcomeText.ts";
import { kqlDatetime, kqlString } from "./kqlText.ts";

/** A query that an analyst can run as is. */
export interface Drilldown {
  readonly title: string;
  readonly query: string;
}

const hour = 3_600_000;
const day = 24 * hour;

/** How long after an event its rows may be published, in milliseconds. Queries must cover this time. */
const publicationLag = 2 * day;

/** The number of an account's names in a query. Few accounts have more than two. */
const mostNames = 5;

/** The number of addresses in a query. The incident lists all of them. */
const mostAddresses = 20;

/**
 * Returns the queries that help to judge an incident, most important first.
 *
 * @param addresses of the denials
 */
export function drilldowns(
  account: Account,
  facts: Facts,
  addresses: readonly string[],
): readonly Drilldown[] {
  const { firstDenialAt, lastDenialAt } = facts;
  // Named only once, because escaped text is long.
  const names = allNames(account).slice(0, mostNames).map(kqlString).join(", ");
  const who = `let who = dynamic([${names}]);`;
  const isWhoWords = "UserPrincipalName in~ (who) or UserId in~ (who)";
  const isWho = `| where ${isWhoWords}`;
  const words = denialSearch.map(kqlString).join(", ");
  const span = between(firstDenialAt - hour, lastDenialAt + publicationLag);
  const since = between(firstDenialAt, lastDenialAt + publicationLag);
  // `has_any`, because some rows have a port after the address.
  const from = addresses.slice(0, mostAddresses).map(kqlString).join(", ");
  return [
    {
      title: "Successful sign-ins since, by anybody from these addresses and by this user",
      query: [
        who,
        "union SigninLogs, AADNonInteractiveUserSignInLogs",
        since,
        '| where ResultType == "0"',
        from === "" ? isWho : `| where IPAddress has_any (${from}) or ${isWhoWords}`,
        "| project TimeGenerated, UserPrincipalName, IPAddress, AppDisplayName, SessionId, AuthenticationDetails",
      ].join("\n"),
    },
    {
      title: "Changes of roles, authentication methods and consents since",
      query: [
        who,
        "AuditLogs",
        since,
        "| where strcat(TargetResources, InitiatedBy) has_any (who)",
        '| where OperationName has_any ("role", "security info", "authentication method", "password", "consent")',
        "| project TimeGenerated, OperationName, Result, InitiatedBy, TargetResources",
      ].join("\n"),
    },
    {
      title: "Inbox rules and forwarding since",
      query: [
        who,
        "OfficeActivity",
        since,
        "| where UserId in~ (who)",
        '| where Operation in ("New-InboxRule", "Set-InboxRule", "UpdateInboxRules", "Set-Mailbox")',
        "| project TimeGenerated, Operation, ClientIP, Parameters",
      ].join("\n"),
    },
    {
      title: "This user's risk events, 7 days before and since",
      query: [
        who,
        "AADUserRiskEvents",
        between(firstDenialAt - 7 * day, lastDenialAt + publicationLag),
        isWho,
        "| project TimeGenerated, RiskEventType, RiskLevel, RiskState, IpAddress",
      ].join("\n"),
    },
    {
      title: "This user's denials in the span",
      query: [
        who,
        "SigninLogs",
        span,
        isWho,
        `| where ResultType == "${strongAuthenticationFailed}" or strcat(AuthenticationDetails, tostring(Status)) has_any (${words})`,
        "| project TimeGenerated, ResultType, IPAddress, AppDisplayName, UserAgent, Status, AuthenticationDetails",
      ].join("\n"),
    },
    {
      title: "This user's other sign-ins of the 7 days before",
      query: [
        who,
        "SigninLogs",
        between(firstDenialAt - 7 * day, firstDenialAt),
        isWho,
        "| summarize SignIns = count(), LastAt = max(TimeGenerated) by ResultType, IPAddress, Location, AppDisplayName",
      ].join("\n"),
    },
  ];
}

function between(from: number, to: number): string {
  return `| where TimeGenerated between (${kqlDatetime(from)} .. ${kqlDatetime(to)})`;
}
