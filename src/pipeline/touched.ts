import { classify, type Account } from "../detection/classify.ts";
import type { Fields } from "../detection/fields.ts";
import { countDenials } from "../detection/countDenials.ts";
import type { Rule } from "../detection/rule.ts";
import { countRow, type Counts } from "./counts.ts";
import { accountName, Evidence } from "./evidence.ts";
import type { Range } from "./ports.ts";

/** An account that something new is known of, and the span of the times it happened. Both ends belong to it. */
export interface Touched {
  readonly account: Account;
  readonly span: Range;
}

/** Accounts by name; spans grow as more is known. */
export class TouchedAccounts {
  readonly #accounts = new Map<string, Touched>();

  add(account: Account, from: number, to: number): void {
    const name = accountName(account);
    const { span } = this.#accounts.get(name) ?? { span: { from, to } };
    this.#accounts.set(name, {
      account,
      span: { from: Math.min(span.from, from), to: Math.max(span.to, to) },
    });
  }

  list(): readonly Touched[] {
    return [...this.#accounts.values()];
  }
}

/**
 * Counts the rows of one read and notes whose denials, by any of the rules, they show.
 *
 * @param happenedIn denials at other times touch nobody
 * @returns distinct denials that the rows show
 */
export function touch(
  rows: readonly Fields[],
  rules: readonly Rule[],
  happenedIn: Range,
  counts: Counts,
  touched: TouchedAccounts,
): number {
  const exclusions = rules.map((rule) => rule.exclusions);
  const evidence = new Evidence();
  for (const record of rows) {
    const row = classify(record, { exclusions });
    countRow(counts, row);
    if (row.kind === "classified" && row.account !== null) {
      for (const sighting of row.sightings) {
        evidence.add(row.account, sighting);
      }
    }
  }
  let denials = 0;
  for (const [account, sightings] of evidence) {
    const times = new Set<number>();
    for (const rule of rules) {
      for (const { at } of countDenials(rule, account.user, sightings)) {
        if (at >= happenedIn.from && at < happenedIn.to) {
          times.add(at);
          touched.add(account, at, at);
        }
      }
    }
    denials += times.size;
  }
  return denials;
}
