import { parseCidr } from "../signin/cidr.ts";
import {
  kindsLike,
  type ListedKind,
  type Selector,
  type WatchlistColumn,
  type WatchlistUse,
} from "../signin/selector.ts";
import type { Rule } from "./rule.ts";

/** The values of a column as they stand in the list; null if none were ever read. */
export type ValuesOf = (use: WatchlistColumn) => readonly string[] | null;

/** The columns that rules use, each once. */
export function watchlistsOf(rules: readonly Rule[]): readonly WatchlistColumn[] {
  const uses = rules.flatMap(({ scope }) =>
    [scope.appliesTo, ...scope.exclude.map(({ of }) => of)].flatMap(({ watchlists }) => watchlists),
  );
  return [
    ...new Map(
      uses.map(({ watchlist, column }) => [
        watchlistKey({ watchlist, column }),
        { watchlist, column },
      ]),
    ).values(),
  ];
}

/** Equal for the same column. */
export function watchlistKey({ watchlist, column }: WatchlistColumn): string {
  return JSON.stringify([watchlist, column]);
}

/**
 * A rule with the values of its watchlists. While nothing is known of one, what it excludes is excluded for nobody,
 * and a rule that it limits applies to everybody.
 */
export function withWatchlists(rule: Rule, valuesOf: ValuesOf): Rule {
  const { appliesTo, exclude } = rule.scope;
  if (watchlistsOf([rule]).length === 0) {
    return rule;
  }
  const unknown = appliesTo.watchlists.filter((use) => valuesOf(use) === null);
  const open = unknown.reduce((selector, { kind }) => withoutKind(selector, kind), appliesTo);
  return {
    ...rule,
    scope: {
      appliesTo: filled(open, valuesOf),
      exclude: exclude.map((each) => ({ ...each, of: filled(each.of, valuesOf) })),
    },
  };
}

/** Asks for nothing of this kind any more. */
function withoutKind(selector: Selector, kind: ListedKind): Selector {
  const kinds = kindsLike(kind);
  return {
    ...selector,
    ...Object.fromEntries(kinds.map((each) => [each, []])),
    watchlists: selector.watchlists.filter((use) => !kinds.includes(use.kind)),
  };
}

function filled(selector: Selector, valuesOf: ValuesOf): Selector {
  return selector.watchlists.reduce((before: Selector, use: WatchlistUse) => {
    const values = (valuesOf(use) ?? [])
      .map((value) => value.trim())
      .filter((value) => value !== "");
    return use.kind === "addresses"
      ? {
          ...before,
          addresses: [...before.addresses, ...values.flatMap((each) => parseCidr(each) ?? [])],
        }
      : { ...before, [use.kind]: [...before[use.kind], ...values.map(literal)] };
  }, selector);
}

/** A list holds values, not patterns: no name has a star or a question mark. */
function literal(value: string): string {
  return value.toLowerCase().replaceAll(/[*?]/g, "\uFFFD");
}
