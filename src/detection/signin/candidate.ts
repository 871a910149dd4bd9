import { canMeanDenial } from "./outcomeText.ts";
import type { SignIn } from "./signIn.ts";

/** "Strong authentication failed": refusals, time-outs, wrong codes and faults alike. */
export const strongAuthenticationFailed = "500121";

/**
 * One of these is in every row with that ResultType, in whatever notation JSON has for it: text, a number, one
 * with an exponent (5.00121e5). Its last digit is not among them, so that they are in a number that only rounding
 * makes it, too (500120.99999999999). What searches for them finds more, never less.
 */
export const resultTypeSearch = ["50012", "5.0012", "50.012", "500.12", "5001.2"] as const;

/** What makes a row a candidate: its ResultType, or else the first text that can mean a denial. */
export type CandidateReason =
  | { readonly by: "resultType" }
  | { readonly by: "status" }
  /** `step` counts from 0. */
  | { readonly by: "step"; readonly step: number };

/**
 * Why a row may hold a denial: by its ResultType, or by a text, because step arrays accumulate and
 * refusals of earlier prompts ride on rows that ended well. Queries and byte searches may select more than
 * this, never less.
 *
 * @returns null where it can hold none
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
