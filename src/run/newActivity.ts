import {
  accountKey,
  joinNames,
  type Account,
  type RowAccount,
} from "../detection/signin/account.ts";
import { classify } from "../detection/signin/classify.ts";
import type { Fields } from "../detection/signin/fields.ts";
import { countDenials } from "../detection/bursts/countDenials.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { countRow, type Counts } from "./counts.ts";
import {
  addExcluded,
  addExclusions,
  distinctPrompts,
  type ExcludedCounts,
} from "./excludedCounts.ts";
import { SightingTable } from "../detection/prompts/sightingTable.ts";
import type { Sighting } from "../detection/signin/sighting.ts";
import type { Range } from "./ports.ts";

/** An account with something new, and the span of the times it happened. Both ends are inclusive. */
export interface Activity {
  readonly account: Account;
  readonly span: Range;
  /** Whether to look up its context even if nothing else changed. */
  readonly wantsContext?: boolean;
}

/** Accounts by name. Their spans grow as more becomes known. */
export class ActiveAccounts {
  readonly #accounts = new Map<string, Activity>();

  add(account: Account, from: number, to: number, wantsContext = false): void {
    const key = accountKey(account);
    const before = this.#accounts.get(key);
    const span = before?.span ?? { from, to };
    this.#accounts.set(key, {
      account: joinAccounts(before?.account ?? account, account),
      span: { from: Math.min(span.from, from), to: Math.max(span.to, to) },
      ...(wantsContext || before?.wantsContext === true ? { wantsContext: true } : {}),
    });
  }

  list(): readonly Activity[] {
    return [...this.#accounts.values()];
  }
}

/** Returns the same account with the names and aliases of both. */
export function joinAccounts(some: Account, other: Account): Account {
  const aliases = [...(some.aliases ?? []), ...(other.aliases ?? [])];
  // Field by field, because a subject is an account too, and its family must not be copied.
  const { tenantId, user } = some;
  return {
    tenantId,
    user,
    names: joinNames(some.names ?? [], other.names ?? []),
    aliases: [...new Map(aliases.map((alias) => [accountKey(alias), alias])).values()],
  };
}

/**
 * Counts the rows of one read and notes whose prompts they show. Denials are not the only rows that count as
 * activity: "in progress" can be an earlier sighting of a prompt that another row calls refused, and a row without
 * a prompt can show that two names are one account.
 *
 * @param happenedIn ignores what happened at other times
 * @param excluded receives what each exclusion hid
 * @param note is given the sightings of each row of an account
 * @returns the number of distinct denials in the rows
 */
export function touch(
  rows: readonly Fields[],
  rules: readonly Rule[],
  happenedIn: Range,
  counts: Counts,
  touched: ActiveAccounts,
  excluded: ExcludedCounts = {},
  note: (account: RowAccount, sightings: readonly Sighting[]) => void = () => {},
): number {
  const scopes = rules.map((rule) => rule.scope);
  const table = new SightingTable();
  for (const record of rows) {
    const row = classify(record, { scopes });
    countRow(counts, row);
    // Stryker disable next-line ConditionalExpression: only for the compiler, a row of nobody shows nothing.
    if (row.account !== null) {
      note(row.account, row.sightings);
      for (const sighting of row.sightings) {
        table.add(row.account, sighting);
      }
    }
  }
  addExclusions(excluded, rules);
  const happened = ({ at }: { readonly at: number }) => at >= happenedIn.from && at < happenedIn.to;
  let denials = 0;
  for (const { account: who, sightings: made } of table.accounts()) {
    const account = who();
    const sightings = made();
    for (const { at } of sightings.filter(happened)) {
      touched.add(account, at, at);
    }
    // Rules share the sightings. A denial that several of them count goes to the first.
    const counted = rules.flatMap((rule) => countDenials(rule, account, sightings));
    denials += distinctPrompts(counted.filter(happened));
    addExcluded(excluded, rules, account, sightings);
  }
  return denials;
}
