import { common, minute } from "./common.ts";
import type { Rule } from "./rule.ts";

export const explicitMfaDeny: Rule = {
  ...common,
  id: "explicit-mfa-deny",
  family: "explicit-mfa-deny",
  name: "Explicit MFA Deny Detection",
  enabled: true,
  kind: "sliding",
  windowMs: 15 * minute,
  threshold: 5,
  counted: ["denied", "fraudReported"],
  severity: "Medium",
  techniques: ["T1621", "T1078.004"],
  message: "User {user} refused more than {below} MFA prompts within {window}.",
  knownFalsePositives:
    "A user who refuses prompts of an application or device that signs in by itself in the background; a user who is being enrolled or tested.",
  source: "Explicit MFA Deny Detection",
};
