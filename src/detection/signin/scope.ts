import { anything, selects, type Selector } from "./selector.ts";
import type { Origin } from "./signIn.ts";

/** Denials that a rule leaves out, why, and for how long. */
export interface Exclusion {
  readonly of: Selector;
  readonly reason: string | null;
  readonly owner: string | null;
  /** Denials at or after this moment are not left out; null: it has no end. */
  readonly until: number | null;
}

/** The denials that a rule looks at. */
export interface Scope {
  readonly appliesTo: Selector;
  readonly exclude: readonly Exclusion[];
}

/** Shared by all rules that look at everything, so that they share its denials too. */
export const everything: Scope = { appliesTo: anything, exclude: [] };

/** As much of a sighting as a scope looks at. */
export interface Seen {
  readonly origin: Origin;
  readonly at: number;
}

/** @param names everything that the account goes by */
export function isInScope(scope: Scope, names: readonly string[], seen: Seen): boolean {
  return (
    (scope.appliesTo === anything || selects(scope.appliesTo, names, seen.origin)) &&
    !isExcluded(scope, names, seen)
  );
}

export function isExcluded(scope: Scope, names: readonly string[], seen: Seen): boolean {
  return exclusionOf(scope, names, seen) !== null;
}

/** The first exclusion that leaves a sighting out; null if none does. */
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

/** The same scope as if nothing were left out. */
export function withoutExclusions({ appliesTo }: Scope): Scope {
  return appliesTo === anything ? everything : { appliesTo, exclude: [] };
}
