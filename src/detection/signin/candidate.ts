import { canMeanDenial } from "./outcomeText.ts";
import type { SignIn } from "./signIn.ts";

/** "Strong authentication failed": refusals, time-outs, wrong codes and faults alike. */
export const strongAuthenticationFailed = "500121";

/**
 * Every row with that ResultType contains one of these, in any JSON notation: text, a number, or one with an
 * exponent (5.00121e5). They omit the last digit, so that they also match a number that rounds to it
 * (500120.99999999999). A search for them may find more rows, never fewer.
 */
export const resultTypeSearch = ["50012", "5.0012", "50.012", "500.12", "5001.2"] as const;

/** What makes a row a candidate: its ResultType, or otherwise the first text that can mean a denial. */
export type CandidateReason =
  | { readonly by: "resultType" }
  | { readonly by: "status" }
  /** `step` counts from 0. */
  | { readonly by: "step"; readonly step: number };

/**
 * Why a row may contain a denial: its ResultType, or a text. Texts matter because step arrays accumulate, so that
 * rows that ended well contain refusals of earlier prompts. Queries and byte searches may select more rows than
 * this, never fewer.
 *
 * @returns null if it cannot contain a denial
 */
export function candidateReason(signIn: SignIn): CandidateReason | null {
  if (signIn.resultType === strongAuthenticationFailed) {
    return { by: "resultType" };
  }
  if (signIn.statusText !== null && canMeanDenial(signIn.statusText)) {
    return { by: "status" };
  }
  const step = signIn.steps.findIndex(({ text }) => canMeanDenial(text));
  return step === -1 ? null : { by: "step", step };
}

export function isCandidate(signIn: SignIn): boolean {
  return candidateReason(signIn) !== null;
}
