import { findRuns, type Run } from "./burst.ts";
import { isExcluded } from "./exclusions.ts";
import { resolvePrompts, type Prompt } from "./prompt.ts";
import type { Rule } from "./rule.ts";
import type { Sighting } from "./sighting.ts";

/** The prompts that a rule counts as denials of one user, oldest first. */
export function countDenials(
  rule: Rule,
  user: string,
  sightings: readonly Sighting[],
): readonly Prompt[] {
  const included = sightings.filter(({ origin }) => !isExcluded(rule.exclusions, user, origin));
  return resolvePrompts(included).filter((prompt) => rule.counted.includes(prompt.outcome));
}

/** The runs of them; see `findRuns`. */
export function runsOf(rule: Rule, user: string, sightings: readonly Sighting[]): readonly Run[] {
  return findRuns(rule, countDenials(rule, user, sightings));
}
