/** Outcomes of a prompt that was actually sent to a user and not approved. Runs count these. */
export const promptOutcomes = [
  "denied",
  "fraudReported",
  "wrongNumber",
  "noResponse",
  "wrongCode",
  "duplicateAttempt",
  "blocked",
  "technical",
  "pending",
] as const;

export type PromptOutcome = (typeof promptOutcomes)[number];

/**
 * What an MFA text of a sign-in row says about the outcome of the prompt.
 *
 * Source: Microsoft's lists of MFA result details, public detection rules and real sample records. English only,
 * because no localised log values have been found.
 */
export const outcomes = [
  ...promptOutcomes,
  "challengeIssued",
  "approved",
  "satisfiedWithoutPrompt",
  "firstFactor",
  "unclassified",
] as const;

export type Outcome = (typeof outcomes)[number];

const promptOutcomeSet: ReadonlySet<Outcome> = new Set<Outcome>(promptOutcomes);

export function isPromptOutcome(outcome: Outcome): outcome is PromptOutcome {
  return promptOutcomeSet.has(outcome);
}

/** Reports whether an outcome is an explicit refusal. */
export function isDenial(outcome: Outcome): boolean {
  return outcome === "denied" || outcome === "fraudReported";
}
