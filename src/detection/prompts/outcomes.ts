import { promptOutcomes, type PromptOutcome } from "../signin/outcome.ts";
import { isCounted, resolvePrompts } from "./prompt.ts";
import type { Rule } from "../rules/rule.ts";
import type { MatchedAccounts } from "./accounts.ts";
import type { SightingTable } from "./sightingTable.ts";

export interface Outcomes {
  /** Distinct prompts by outcome. */
  readonly outcomes: Readonly<Record<PromptOutcome, number>>;
  /** Those that at least one rule counts. */
  readonly denials: number;
}

export function countOutcomes(
  table: SightingTable,
  matched: MatchedAccounts,
  rules: readonly Rule[],
): Outcomes {
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
  const counted = promptOutcomes.filter((outcome) =>
    rules.some((rule) => rule.counted.includes(outcome)),
  );
  let denials = 0;
  for (const { sightings } of table.accounts(matched)) {
    for (const prompt of resolvePrompts(sightings())) {
      outcomes[prompt.outcome]++;
      denials += isCounted(prompt, counted) ? 1 : 0;
    }
  }
  return { outcomes, denials };
}
