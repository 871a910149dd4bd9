import { findStreaks, type Streak } from "./streak.ts";
import { allNames, type Account } from "../signin/account.ts";
import { isInScope } from "../signin/scope.ts";
import { isCounted, resolvePrompts, type Prompt } from "../prompts/prompt.ts";
import type { Rule } from "../rules/rule.ts";
import type { Sighting } from "../signin/sighting.ts";

/** Returns the distinct prompts of an account that a rule looks at, oldest first. */
export function promptsOf(
  rule: Rule,
  account: Account,
  sightings: readonly Sighting[],
): readonly Prompt[] {
  const names = allNames(account);
  return resolvePrompts(sightings.filter((sighting) => isInScope(rule.scope, names, sighting)));
}

/** Returns the prompts of one user that the rule counts as denials, oldest first. */
export function countDenials(
  rule: Rule,
  account: Account,
  sightings: readonly Sighting[],
): readonly Prompt[] {
  return counted(rule, promptsOf(rule, account, sightings));
}

/** Returns the streaks of one user; see `findStreaks`. */
export function streaksOf(
  rule: Rule,
  account: Account,
  sightings: readonly Sighting[],
): readonly Streak[] {
  return streaksIn(rule, promptsOf(rule, account, sightings));
}

/** Returns the streaks of prompts that `promptsOf` has already resolved. */
export function streaksIn(rule: Rule, prompts: readonly Prompt[]): readonly Streak[] {
  return findStreaks(rule, counted(rule, prompts));
}

/** Returns the prompts that the rule counts as denials. */
export function counted(rule: Rule, prompts: readonly Prompt[]): readonly Prompt[] {
  return prompts.filter((prompt) => isCounted(prompt, rule.counted));
}
