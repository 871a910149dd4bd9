import { anything, selects, type Selector } from "./selector.ts";
import type { Origin } from "./signIn.ts";

/** The denials that a rule excludes, and why and for how long. */
export interface Exclusion {
  readonly of: Selector;
  readonly reason: string | null;
  readonly owner: string | null;
  /** Denials at or after this time (epoch ms) are not excluded; null if it has no end. */
  readonly until: number | null;
}

/** The denials that a rule looks at. */
export interface Scope {
  readonly appliesTo: Selector;
  readonly exclude: readonly Exclusion[];
}

/** Shared by all rules that look at everything, so that they also share their denials. */
export const everything: Scope = { appliesTo: anything, exclude: [] };

/** The parts of a sighting that a scope looks at. */
export interface Seen {
  readonly origin: Origin;
  readonly at: number;
}

/** @param names all names of the account, including its id */
export function isInScope(scope: Scope, names: readonly string[], seen: Seen): boolean {
  return (
    (scope.appliesTo === anything || selects(scope.appliesTo, names, seen.origin)) &&
    !isExcluded(scope, names, seen)
  );
}

export function isExcluded(scope: Scope, names: readonly string[], seen: Seen): boolean {
  return exclusionOf(scope, names, seen) !== null;
}

/** Returns the first exclusion that hides a sighting; null if there is none. */
export function exclusionOf(
  { exclude }: Scope,
  names: readonly string[],
  { origin, at }: Seen,
): Exclusion | null {
  return (
    exclude.find(({ of, until }) => (until === null || at < until) && selects(of, names, origin)) ??
    null
  );
}

/** Returns the same scope without its exclusions. */
export function withoutExclusions({ appliesTo }: Scope): Scope {
  return appliesTo === anything ? everything : { appliesTo, exclude: [] };
}
