import { strongAuthenticationFailed } from "./candidate.ts";
import { isPromptOutcome } from "./outcome.ts";
import { canMeanDenial, classifyText } from "./outcomeText.ts";
import type { SignIn, Step } from "./signIn.ts";

/** What a row says about a failed MFA request. */
export interface MfaFailure {
  /** Whether a text of the row gives the reason: refused, timed out, wrong code and so on. */
  readonly hasReason: boolean;
  /** MFA texts of the row without a known class, each once. */
  readonly unknownTexts: readonly string[];
}

/**
 * Detects whether a row shows a failed MFA request, by its result code or by one of its texts.
 *
 * @returns null for a row that shows no failure
 */
export function readMfaFailure(signIn: SignIn): MfaFailure | null {
  const steps = signIn.steps.filter(isMfaStep).map(({ text }) => text);
  const texts = signIn.statusText === null ? steps : [...steps, signIn.statusText];
  const hasReason = texts.some(saysWhy);
  const unknown = texts.filter((text) => text !== "" && classifyText(text) === "unclassified");
  const failed =
    hasReason ||
    signIn.resultType === strongAuthenticationFailed ||
    // "MFA denied" with an unknown ending.
    unknown.some(canMeanDenial);
  return failed ? { hasReason, unknownTexts: [...new Set(unknown)] } : null;
}

/** The password step of a failed sign-in can have any failure text. It says nothing about MFA. */
function isMfaStep({ method, succeeded }: Step): boolean {
  return succeeded !== true && !method.startsWith("password");
}

/** A prompt that is still pending has not failed yet. */
function saysWhy(text: string): boolean {
  const outcome = classifyText(text);
  return isPromptOutcome(outcome) && outcome !== "pending";
}
