import { contains, type Cidr } from "./cidr.ts";
import { fitsGlob, isGlob } from "./glob.ts";
import type { Origin } from "./signIn.ts";

/** A column of a Sentinel watchlist, or of a CSV file of that name. */
export interface WatchlistColumn {
  readonly watchlist: string;
  readonly column: string;
}

/** The kinds of values that a selector lists and a watchlist can contain. */
export const listedKinds = ["users", "domains", "applications", "addresses"] as const;

export type ListedKind = (typeof listedKinds)[number];

export interface WatchlistUse extends WatchlistColumn {
  readonly kind: ListedKind;
}

/**
 * Conditions on the users and origins of denials. For each kind of value, one of the values must match. A kind without
 * values is no condition. Users and domains are one kind. Texts are in lower case.
 */
export interface Selector {
  /** Principal names, object ids and patterns. */
  readonly users: readonly string[];
  /** The part of a principal name after the `@`. */
  readonly domains: readonly string[];
  readonly userType: "guest" | "member" | null;
  /** Application ids, display names and patterns. */
  readonly applications: readonly string[];
  readonly addresses: readonly Cidr[];
  /** Two letters each. */
  readonly countries: readonly string[];
  /** Watchlists whose values are added to the lists above when they are looked up. */
  readonly watchlists: readonly WatchlistUse[];
}

export const anything: Selector = {
  users: [],
  domains: [],
  userType: null,
  applications: [],
  addresses: [],
  countries: [],
  watchlists: [],
};

/** Reports whether a selector has a condition on a kind of value. Users and domains are one kind. */
export function asksFor(selector: Selector, kind: ListedKind): boolean {
  const kinds = kindsLike(kind);
  return (
    kinds.some((each) => selector[each].length > 0) ||
    selector.watchlists.some((each) => kinds.includes(each.kind))
  );
}

/** Returns the kinds that form one condition with a kind, including itself. */
export function kindsLike(kind: ListedKind): readonly ListedKind[] {
  return kind === "users" || kind === "domains" ? ["users", "domains"] : [kind];
}

/** @param names all names of the account, including its id */
export function selects(selector: Selector, names: readonly string[], origin: Origin): boolean {
  return (
    selectsUser(selector, names) &&
    (selector.userType === null || (selector.userType === "guest") === origin.guest) &&
    (!asksFor(selector, "applications") ||
      fitsAny(selector.applications, textsOf(origin.appId, origin.application))) &&
    (!asksFor(selector, "addresses") || isWithin(selector.addresses, origin.ipAddress)) &&
    (selector.countries.length === 0 || selector.countries.includes(countryOf(origin)))
  );
}

/** Reports whether a selector's only condition is on users by name. */
export function isOfUsersOnly(selector: Selector): boolean {
  return (
    asksFor(selector, "users") &&
    selector.userType === null &&
    !asksFor(selector, "applications") &&
    !asksFor(selector, "addresses") &&
    selector.countries.length === 0
  );
}

/** Reports whether an account with these names meets a selector's condition on users, if it has one. */
export function selectsUser(selector: Selector, names: readonly string[]): boolean {
  return (
    !asksFor(selector, "users") ||
    fitsAny(selector.users, names) ||
    names.some((name) => selector.domains.includes(name.slice(name.lastIndexOf("@") + 1)))
  );
}

function fitsAny(patterns: readonly string[], texts: readonly string[]): boolean {
  const { literal, globs } = sorted(patterns);
  return texts.some((text) => literal.has(text) || globs.some((glob) => fitsGlob(glob, text)));
}

/** Lists of patterns, sorted once: they can be long, and every row is compared with them. */
const known = new WeakMap<
  readonly string[],
  { readonly literal: ReadonlySet<string>; readonly globs: readonly string[] }
>();

function sorted(patterns: readonly string[]) {
  const found = known.get(patterns) ?? {
    literal: new Set(patterns.filter((each) => !isGlob(each))),
    globs: patterns.filter(isGlob),
  };
  known.set(patterns, found);
  return found;
}

function textsOf(...values: readonly (string | null)[]): readonly string[] {
  return values.filter((value) => value !== null).map((value) => value.toLowerCase());
}

function isWithin(ranges: readonly Cidr[], address: string | null): boolean {
  return address !== null && ranges.some((range) => contains(range, address));
}

/** Returns the country code at the end of a location such as "Berlin, DE". */
function countryOf({ location }: Origin): string {
  return (location ?? "")
    .slice((location ?? "").lastIndexOf(",") + 1)
    .trim()
    .toLowerCase();
}
