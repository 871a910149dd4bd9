import { promptOutcomes, type PromptOutcome } from "../signin/outcome.ts";
import { resolvePrompts } from "./prompt.ts";
import type { Rule } from "../rules/rule.ts";
import type { Evidence } from "./evidence.ts";

export interface Outcomes {
  /** Distinct prompts by outcome. */
  readonly outcomes: Readonly<Record<PromptOutcome, number>>;
  /** Those of them that at least one rule counts. */
  readonly denials: number;
}

export function countOutcomes(evidence: Evidence, rules: readonly Rule[]): Outcomes {
  const outcomes: Record<PromptOutcome, number> = {
    denied: 0,
    fraudReported: 0,
    wrongNumber: 0,
    noResponse: 0,
    wrongCode: 0,
    duplicateAttempt: 0,
    blocked: 0,
    technical: 0,
    pending: 0,
  };
  for (const [, sightings] of evidence) {
    for (const { outcome } of resolvePrompts(sightings)) {
      outcomes[outcome]++;
    }
  }
  const counted = promptOutcomes.filter((outcome) =>
    rules.some((rule) => rule.counted.includes(outcome)),
  );
  return { outcomes, denials: counted.reduce((sum, outcome) => sum + outcomes[outcome], 0) };
}
