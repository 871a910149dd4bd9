import { findRuns, type Run } from "./burst.ts";
import { isExcluded } from "../signin/exclusions.ts";
import { resolvePrompts, type Prompt } from "../prompts/prompt.ts";
import type { Rule } from "../rules/rule.ts";
import type { Sighting } from "../signin/sighting.ts";

/** The distinct prompts of one user that a rule does not exclude, oldest first. */
export function promptsOf(
  rule: Rule,
  user: string,
  sightings: readonly Sighting[],
): readonly Prompt[] {
  return resolvePrompts(
    sightings.filter(({ origin }) => !isExcluded(rule.exclusions, user, origin)),
  );
}

/** Those of them that the rule counts as denials. */
export function countDenials(
  rule: Rule,
  user: string,
  sightings: readonly Sighting[],
): readonly Prompt[] {
  return counted(rule, promptsOf(rule, user, sightings));
}

/** The runs of the denials; see `findRuns`. */
export function runsOf(rule: Rule, user: string, sightings: readonly Sighting[]): readonly Run[] {
  return runsIn(rule, promptsOf(rule, user, sightings));
}

/** The same for prompts that are known already, so that they are not brought together twice. */
export function runsIn(rule: Rule, prompts: readonly Prompt[]): readonly Run[] {
  return findRuns(rule, counted(rule, prompts));
}

function counted(rule: Rule, prompts: readonly Prompt[]): readonly Prompt[] {
  return prompts.filter(({ outcome }) => rule.counted.includes(outcome));
}
