import { denyThenApprove, explicitDeny, ruleNamed } from "../run/bench.ts";

/**
 * The rules that ship, but the rule of buckets fires as easily as the others. Each is a family of its own, because the
 * oracle judges one rule at a time; `test/laws/families.test.ts` has the laws of families.
 */
export const everyRule = [
  explicitDeny,
  { ...denyThenApprove, family: denyThenApprove.id, originDecides: false },
  ruleNamed("azure-ad-multiple-denied-mfa", { threshold: 4 }),
] as const;
