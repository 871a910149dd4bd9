import { overlaps } from "./windowing.ts";
import { findStreaks, type Streak } from "./streak.ts";
import { isCounted, resolvePrompts, type Prompt } from "../prompts/prompt.ts";
import type { Rule } from "../rules/rule.ts";
import { allNames, type Account } from "../signin/account.ts";
import { exclusionOf, isInScope, withoutExclusions, type Exclusion } from "../signin/scope.ts";
import type { Sighting } from "../signin/sighting.ts";

/** Returns the denials that a rule would count if it excluded nothing, oldest first. */
function allDenials(rule: Rule, account: Account, sightings: readonly Sighting[]) {
  const names = allNames(account);
  const scope = withoutExclusions(rule.scope);
  const seen = sightings.filter((sighting) => isInScope(scope, names, sighting));
  return resolvePrompts(seen).filter((prompt) => isCounted(prompt, rule.counted));
}

/** Returns the denials of an account that each exclusion of a rule hides. Exclusions that hide nothing are absent. */
export function excludedDenials(
  rule: Rule,
  account: Account,
  sightings: readonly Sighting[],
): ReadonlyMap<Exclusion, readonly Prompt[]> {
  const hidden = new Map<Exclusion, Prompt[]>();
  if (rule.scope.exclude.length === 0) {
    return hidden;
  }
  const names = allNames(account);
  for (const prompt of allDenials(rule, account, sightings)) {
    const by = prompt.sightings.map((sighting) => exclusionOf(rule.scope, names, sighting));
    const [first = null] = by;
    if (first !== null && by.every((each) => each !== null)) {
      const own = hidden.get(first) ?? [];
      own.push(prompt);
      hidden.set(first, own);
    }
  }
  return hidden;
}

/** Returns streaks that would fire if the rule excluded nothing, and that overlap none that fires anyway. */
export function hiddenStreaks(
  rule: Rule,
  account: Account,
  sightings: readonly Sighting[],
  streaks: readonly Streak[],
): readonly Streak[] {
  if (rule.scope.exclude.length === 0) {
    return [];
  }
  const told = streaks.filter(({ triggeredAt }) => triggeredAt !== null);
  return findStreaks(rule, allDenials(rule, account, sightings)).filter(
    ({ triggeredAt, extent }) =>
      triggeredAt !== null && !told.some((streak) => overlaps(streak.extent, extent)),
  );
}
