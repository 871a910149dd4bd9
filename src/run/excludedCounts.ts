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

/** `vip exclude[0]`: which one of a rule's exclusions it is. */
export function exclusionName({ id, scope }: Pick<Rule, "id" | "scope">, each: Exclusion): string {
  return `${id} exclude[${scope.exclude.indexOf(each)}]`;
}

/** Adds every exclusion of rules that hid nothing yet: one that never hides anything shows so. */
export function addExclusions(counts: ExcludedCounts, rules: readonly Rule[]): void {
  for (const rule of rules) {
    for (const each of rule.scope.exclude) {
      const name = exclusionName(rule, each);
      Object.assign(counts, { [name]: counts[name] ?? 0 });
    }
  }
}

/** Adds what the exclusions of rules hide of an account. */
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

/** What the exclusions of rules hide of all accounts. */
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

/** How many prompts there are of which several rules may have counted some. */
export function distinctPrompts(prompts: readonly Prompt[]): number {
  return new Set(prompts.flatMap(({ sightings }) => sightings.slice(0, 1).map(originalOf))).size;
}
