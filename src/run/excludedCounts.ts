import { excludedDenials } from "../detection/bursts/excludedDenials.ts";
import type { MatchedAccounts } from "../detection/prompts/accounts.ts";
import { originalOf, type Prompt } from "../detection/prompts/prompt.ts";
import type { SightingTable } from "../detection/prompts/sightingTable.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Account } from "../detection/signin/account.ts";
import type { Exclusion } from "../detection/signin/scope.ts";
import type { Sighting } from "../detection/signin/sighting.ts";

/** Distinct denials that each exclusion hid, by its name. */
export type ExcludedCounts = Record<string, number>;

/** Returns the name of a rule's exclusion, such as `vip exclude[0]`. */
export function exclusionName({ id, scope }: Pick<Rule, "id" | "scope">, each: Exclusion): string {
  return `${id} exclude[${scope.exclude.indexOf(each)}]`;
}

/** Adds every exclusion of rules with a count of zero, so that one that never hides anything shows up. */
export function addExclusions(counts: ExcludedCounts, rules: readonly Rule[]): void {
  for (const rule of rules) {
    for (const each of rule.scope.exclude) {
      const name = exclusionName(rule, each);
      Object.assign(counts, { [name]: counts[name] ?? 0 });
    }
  }
}

/** Adds the denials of an account that the exclusions of rules hide. */
export function addExcluded(
  counts: ExcludedCounts,
  rules: readonly Rule[],
  account: Account,
  sightings: readonly Sighting[],
): void {
  for (const rule of rules) {
    for (const [exclusion, denials] of excludedDenials(rule, account, sightings)) {
      const name = exclusionName(rule, exclusion);
      Object.assign(counts, { [name]: (counts[name] ?? 0) + denials.length });
    }
  }
}

/** Counts the denials of all accounts that the exclusions of rules hide. */
export function countAllExcluded(
  table: SightingTable,
  matched: MatchedAccounts,
  rules: readonly Rule[],
): ExcludedCounts {
  const counts: ExcludedCounts = {};
  const excluding = rules.filter(({ scope }) => scope.exclude.length > 0);
  addExclusions(counts, excluding);
  if (excluding.length > 0) {
    for (const { account, sightings } of table.accounts(matched)) {
      addExcluded(counts, excluding, account(), sightings());
    }
  }
  return counts;
}

/** Counts distinct prompts. Several rules may have counted the same one. */
export function distinctPrompts(prompts: readonly Prompt[]): number {
  return new Set(prompts.flatMap(({ sightings }) => sightings.slice(0, 1).map(originalOf))).size;
}
