import { canMeanDenial } from "./outcome.ts";
import type { SignIn } from "./signIn.ts";

/** "Strong authentication failed": refusals, time-outs, wrong codes and faults alike. */
export const strongAuthenticationFailed = "500121";

/**
 * Whether a row may hold a denial: by its ResultType, or by a text, because step arrays accumulate and
 * refusals of earlier prompts ride on rows that ended well. Queries and byte searches may select more than
 * this, never less.
 */
export function isCandidate(signIn: SignIn): boolean {
  return (
    signIn.resultType === strongAuthenticationFailed ||
    canMeanDenial(signIn.statusText ?? "") ||
    signIn.steps.some((step) => canMeanDenial(step.text))
  );
}
