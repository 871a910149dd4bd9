import { common, minute } from "./common.ts";
import type { Rule } from "./rule.ts";

export const azureAdMultipleDeniedMfa: Rule = {
  ...common,
  id: "azure-ad-multiple-denied-mfa",
  family: "azure-ad-multiple-denied-mfa",
  name: "Azure AD Multiple Denied MFA Requests For User",
  enabled: false,
  kind: "tumbling",
  windowMs: 10 * minute,
  threshold: 10,
  counted: ["denied"],
  severity: "Medium",
  riskScore: 50,
  techniques: ["T1621"],
  message: "User {user} denied more than {below} MFA requests in a timespan of {window}.",
  knownFalsePositives:
    "Multiple denied MFA requests in a short span may also be a sign of authentication errors. Investigate and filter as needed.",
  source:
    "Splunk ESCU, Azure AD Multiple Denied MFA Requests For User, id d0895c20-de71-4fd2-b56c-3fcdb888eba1, version 11",
};
