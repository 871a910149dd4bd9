import type { PromptOutcome } from "../signin/outcome.ts";
import { isCounted, resolvePrompts, type Prompt } from "./prompt.ts";
import type { Rule } from "../rules/rule.ts";
import { allNames } from "../signin/account.ts";
import { everything, isExcluded, isInScope } from "../signin/scope.ts";
import type { Sighting } from "../signin/sighting.ts";
import type { MatchedAccounts } from "./accounts.ts";
import type { SightingTable } from "./sightingTable.ts";

export interface Outcomes {
  /** Distinct prompts by outcome. */
  readonly outcomes: Readonly<Record<PromptOutcome, number>>;
  /** Prompts that at least one rule counts. */
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
  let denials = 0;
  // Most rules look at everything. Then no names are needed.
  const isPlain = rules.every(({ scope }) => scope === everything);
  for (const { account, sightings } of table.accounts(matched)) {
    const names = isPlain ? [] : allNames(account());
    const seen = isPlain
      ? sightings()
      : sightings().filter((sighting) => isSeen(rules, names, sighting));
    for (const prompt of resolvePrompts(seen)) {
      outcomes[prompt.outcome]++;
      denials += rules.some((rule) => isCountedBy(rule, names, prompt)) ? 1 : 0;
    }
  }
  return { outcomes, denials };
}

/** Reports whether some rule does not exclude it. */
function isSeen(rules: readonly Rule[], names: readonly string[], sighting: Sighting): boolean {
  return rules.some(({ scope }) => !isExcluded(scope, names, sighting));
}

function isCountedBy({ counted, scope }: Rule, names: readonly string[], prompt: Prompt): boolean {
  if (scope === everything) {
    return isCounted(prompt, counted);
  }
  const { sightings } = prompt;
  return isCounted(
    { sightings: sightings.filter((each) => isInScope(scope, names, each)) },
    counted,
  );
}
