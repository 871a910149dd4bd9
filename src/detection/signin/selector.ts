import { contains, type Cidr } from "./cidr.ts";
import { fitsGlob, isGlob } from "./glob.ts";
import type { Origin } from "./signIn.ts";

/** A column of a Sentinel watchlist, or of a CSV file of that name. */
export interface WatchlistColumn {
  readonly watchlist: string;
  readonly column: string;
}

/** The kinds of values that a selector lists, and a watchlist may hold. */
export const listedKinds = ["users", "domains", "applications", "addresses"] as const;

export type ListedKind = (typeof listedKinds)[number];

export interface WatchlistUse extends WatchlistColumn {
  readonly kind: ListedKind;
}

/**
 * Whom and what denials have to be of. Each kind of value has to fit, with one of its values; one without values asks
 * for nothing. Users and domains are one kind. Texts are in lower case.
 */
export interface Selector {
  /** Principal names, object ids and patterns. */
  readonly users: readonly string[];
  /** What follows the `@` of a principal name. */
  readonly domains: readonly string[];
  readonly userType: "guest" | "member" | null;
  /** Application ids, display names and patterns. */
  readonly applications: readonly string[];
  readonly addresses: readonly Cidr[];
  /** Two letters each. */
  readonly countries: readonly string[];
  /** Whose values are among the others once they were looked up. */
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

/** Whether a selector leaves a kind of value open. Users and domains are one kind. */
export function asksFor(selector: Selector, kind: ListedKind): boolean {
  const kinds = kindsLike(kind);
  return (
    kinds.some((each) => selector[each].length > 0) ||
    selector.watchlists.some((each) => kinds.includes(each.kind))
  );
}

/** The kind itself, and what says the same thing in another way. */
export function kindsLike(kind: ListedKind): readonly ListedKind[] {
  return kind === "users" || kind === "domains" ? ["users", "domains"] : [kind];
}

/** @param names everything that the account goes by */
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

/** Whether a selector asks for users by name, and for nothing else. */
export function isOfUsersOnly(selector: Selector): boolean {
  return (
    asksFor(selector, "users") &&
    selector.userType === null &&
    !asksFor(selector, "applications") &&
    !asksFor(selector, "addresses") &&
    selector.countries.length === 0
  );
}

/** Whether a selector takes in an account with these names, as far as it asks for users. */
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

/** The end of "Berlin, DE". */
function countryOf({ location }: Origin): string {
  return (location ?? "")
    .slice((location ?? "").lastIndexOf(",") + 1)
    .trim()
    .toLowerCase();
}
