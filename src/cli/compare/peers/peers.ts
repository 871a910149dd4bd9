import type { Peer } from "./peer.ts";
import type { PeerRow } from "./peerRow.ts";

const minute = 60_000;

const declined = "mfa denied; user declined the authentication";
const noResponse = "mfa denied; user did not respond to mobile app notification";
const completed = "mfa successfully completed";

const isFailure = ({ resultType }: PeerRow) => resultType === "500121";
const isDeclined = (row: PeerRow) => isFailure(row) && row.status === declined;
const countIf = (is: (row: PeerRow) => boolean) => (row: PeerRow) => (is(row) ? 1 : 0);
const countSteps = (row: PeerRow, texts: readonly string[]) =>
  row.steps.filter((step) => texts.includes(step)).length;
const keyOf = (...parts: readonly (string | null)[]) => JSON.stringify(parts);
const upn = ({ name, user }: PeerRow) => name ?? user;

const sentinel = "https://github.com/Azure/Azure-Sentinel/blob/master/Solutions";
const splunk = "https://github.com/splunk/security_content/blob/develop/detections/cloud";

/** Public rules, read in November 2026. */
export const peers: readonly Peer[] = [
  {
    id: "sentinel-mfa-rejected",
    name: "Microsoft Sentinel: MFA Rejected by User",
    source: `${sentinel}/Microsoft%20Entra%20ID/Analytic%20Rules/MFARejectedbyUser.yaml`,
    version: "main, November 2026",
    says: "each 500121 whose Status says declined or fraud",
    leavesOut: "The score of user behaviour analytics, without which the rule stays silent.",
    counts: countIf((row) => isDeclined(row) || (isFailure(row) && row.status.includes("fraud"))),
    key: (row) => keyOf(upn(row), row.user, row.tenantId, row.address),
    bins: { kind: "row" },
    threshold: 1,
  },
  {
    id: "sentinel-explicit-deny",
    name: "Microsoft Sentinel: Explicit MFA Deny",
    source: `${sentinel}/Microsoft%20Entra%20ID/Analytic%20Rules/ExplicitMFADeny.yaml`,
    version: "main, November 2026 (deprecated since July 2024)",
    says: "each 500121 whose Status says declined or fraud, of apps in the background as well",
    leavesOut: "",
    counts: countIf(
      (row) =>
        isFailure(row) && (row.status.includes(declined) || row.status.includes("reported fraud")),
    ),
    key: (row) => keyOf(upn(row)),
    bins: { kind: "row" },
    threshold: 1,
  },
  {
    id: "sentinel-mfa-spamming",
    name: "Microsoft Sentinel: MFA Spamming followed by Successful login",
    source: `${sentinel}/Microsoft%20Entra%20ID/Analytic%20Rules/MFASpammingfollowedbySuccessfullogin.yaml`,
    version: "main, November 2026",
    says: "more than 10 steps, declined or unanswered, of one user, address and place, where all MFA rows of the day lie within 5 minutes; and an approval among them, before or after",
    leavesOut: "",
    counts: (row) => (row.isMfa ? countSteps(row, [declined, noResponse]) : 0),
    key: (row) => keyOf(row.spelling ?? row.user, row.address, row.place),
    bins: { kind: "day", spanMs: 5 * minute },
    threshold: 11,
    success: { is: (row) => row.isMfa && row.steps.includes(completed), order: "any" },
  },
  {
    id: "splunk-multiple-denied",
    name: "Splunk ESCU: Azure AD Multiple Denied MFA Requests For User",
    source: `${splunk}/azure_ad_multiple_denied_mfa_requests_for_user.yml`,
    version: "11",
    says: "more than 9 rows with 500121 and declined in a fixed span of 10 minutes",
    leavesOut: "",
    counts: countIf(isDeclined),
    key: (row) => keyOf(row.spelling ?? row.user, row.tenantId),
    bins: { kind: "fixed", ms: 10 * minute },
    threshold: 10,
  },
  {
    id: "splunk-multiple-failed",
    name: "Splunk ESCU: Azure AD Multiple Failed MFA Requests For User",
    source: `${splunk}/azure_ad_multiple_failed_mfa_requests_for_user.yml`,
    version: "12",
    says: "more than 10 rows with 500121 and any other reason, by reason, application and user agent, over all that is searched",
    leavesOut: "",
    counts: countIf((row) => isFailure(row) && row.status !== declined),
    key: (row) => keyOf(row.spelling ?? row.user, row.status, row.application, row.userAgent),
    bins: { kind: "all" },
    threshold: 11,
  },
  {
    id: "sigma-mfa-denies",
    name: "Sigma: azure_mfa_denies",
    source:
      "https://github.com/SigmaHQ/sigma/blob/master/rules/cloud/azure/signin_logs/azure_mfa_denies.yml",
    version: "master, November 2026",
    says: "each row whose Status begins with MFA denied: refusals, time-outs and wrong codes alike",
    leavesOut: "",
    counts: countIf(({ status }) => status.includes("mfa denied")),
    key: (row) => keyOf(upn(row)),
    bins: { kind: "row" },
    threshold: 1,
  },
  {
    id: "elastic-sequence",
    name: "Elastic: Potential Okta MFA Bombing, carried over to Entra",
    source:
      "https://github.com/elastic/detection-rules/blob/main/rules/integrations/okta/credential_access_okta_potentially_successful_okta_bombing_via_push_notifications.toml",
    version: "main, November 2026",
    says: "5 rows that say declined within 10 minutes, then an approval, in this order",
    leavesOut: "Entra's rows instead of Okta's: Elastic publishes no such rule for Entra.",
    counts: countIf(isDeclined),
    key: (row) => keyOf(row.user),
    bins: { kind: "sequence", ms: 10 * minute },
    threshold: 5,
    success: {
      is: ({ resultType, steps }) => resultType === "0" && steps.includes(completed),
      order: "after",
    },
  },
  {
    id: "fixed-bins",
    name: "Fixed bins of 15 minutes, as in many community rules",
    source: "bin(TimeGenerated, 15m) over SigninLogs",
    version: "-",
    says: "5 or more rows with 500121, whatever the reason, in a fixed span of 15 minutes",
    leavesOut: "",
    counts: countIf(isFailure),
    key: (row) => keyOf(row.spelling ?? row.user),
    bins: { kind: "fixed", ms: 15 * minute },
    threshold: 5,
  },
];
