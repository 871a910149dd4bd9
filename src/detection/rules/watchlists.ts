import { parseCidr } from "../signin/cidr.ts";
import {
  kindsLike,
  type ListedKind,
  type Selector,
  type WatchlistColumn,
  type WatchlistUse,
} from "../signin/selector.ts";
import type { Rule } from "./rule.ts";

/** Returns the values of a column as written in the list; null if they were never read. */
export type ValuesOf = (use: WatchlistColumn) => readonly string[] | null;

/** Returns the columns that rules use, each once. */
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

/** Returns a key that is equal for equal columns. */
export function watchlistKey({ watchlist, column }: WatchlistColumn): string {
  return JSON.stringify([watchlist, column]);
}

/**
 * Returns a rule with the values of its watchlists. As long as a list's values are unknown, its exclusions exclude
 * nobody, and a rule limited to it applies to everybody.
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

/** Removes the conditions of one kind. */
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

/** Makes a value match only literally. Lists contain values, not patterns, and no name has a star or question mark. */
function literal(value: string): string {
  return value.toLowerCase().replaceAll(/[*?]/g, "\uFFFD");
}
