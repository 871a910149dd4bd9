import { promptsOf, streaksIn } from "../bursts/countDenials.ts";
import { hiddenStreaks } from "../bursts/excludedDenials.ts";
import type { Streak } from "../bursts/streak.ts";
import type { Prompt } from "../prompts/prompt.ts";
import type { Rule } from "../rules/rule.ts";
import type { Account } from "../signin/account.ts";
import type { Scope } from "../signin/scope.ts";
import type { Sighting } from "../signin/sighting.ts";

/** One rule's view of an account. */
export interface RuleView {
  readonly rule: Rule;
  /** All streaks that were read, fired or not, in the form of `findStreaks`. */
  readonly streaks: readonly Streak[];
  /** Streaks that would fire if the rule excluded nothing. */
  readonly hidden: readonly Streak[];
  /** All prompts of the account that were read, oldest first. */
  readonly prompts: readonly Prompt[];
}

/** Returns each rule's view of an account. Rules with the same scope share the prompts, which are resolved once. */
export function ruleViews(
  rules: readonly Rule[],
  account: Account,
  sightings: readonly Sighting[],
): readonly RuleView[] {
  const known = new Map<Scope, readonly Prompt[]>();
  return rules.map((rule) => {
    const prompts = known.get(rule.scope) ?? promptsOf(rule, account, sightings);
    known.set(rule.scope, prompts);
    const streaks = streaksIn(rule, prompts);
    return { rule, prompts, streaks, hidden: hiddenStreaks(rule, account, sightings, streaks) };
  });
}
