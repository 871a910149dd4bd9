import { isDenial, type PromptOutcome } from "../signin/outcome.ts";

/** Names the outcome of a prompt that a rule counted, in a word or two. */
export const outcomeWords = {
  denied: "refused",
  fraudReported: "reported as fraud",
  wrongNumber: "wrong number",
  noResponse: "no answer",
  wrongCode: "wrong code",
  duplicateAttempt: "duplicate attempt",
  blocked: "blocked",
  technical: "technical fault",
  pending: "in progress",
} as const satisfies Record<PromptOutcome, string>;

interface WithOutcome {
  readonly outcome: PromptOutcome;
}

/** Reports whether all of them were refused, so that they may be called refusals. */
export function areRefusals(prompts: readonly WithOutcome[]): boolean {
  return prompts.every(({ outcome }) => isDenial(outcome));
}

/** Returns "4 refused, 3 no answer". */
export function outcomeList(prompts: readonly WithOutcome[]): string {
  const counts = new Map<PromptOutcome, number>();
  for (const { outcome } of prompts) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return [...counts].map(([outcome, count]) => `${count} ${outcomeWords[outcome]}`).join(", ");
}
