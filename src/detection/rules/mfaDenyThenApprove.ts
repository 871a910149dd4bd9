import { common, minute } from "./common.ts";
import type { Rule } from "./rule.ts";

export const mfaDenyThenApprove: Rule = {
  ...common,
  id: "mfa-deny-then-approve",
  family: "explicit-mfa-deny",
  name: "MFA Denials Followed By An Approval",
  enabled: true,
  kind: "sliding",
  windowMs: 60 * minute,
  threshold: 2,
  counted: ["denied", "fraudReported"],
  severity: "High",
  originDecides: true,
  approvalRequired: true,
  techniques: ["T1621", "T1078.004"],
  message:
    "User {user} refused {threshold} or more MFA prompts within {window} and then approved one.",
  knownFalsePositives:
    "A user who refused prompts of their own sign-in by mistake and approved the next one.",
  source: "mfa-deny-detector",
};
