import { denyThenApprove, explicitDeny, ruleNamed } from "../run/bench.ts";

/** What ships, but that the rule of buckets fires as easily as the others. */
export const everyRule = [
  explicitDeny,
  denyThenApprove,
  ruleNamed("azure-ad-multiple-denied-mfa", { threshold: 4 }),
] as const;
