import { contains, type Cidr } from "./cidr.ts";
import type { Origin } from "./signIn.ts";

/** What a rule leaves out. Users and application ids are in lower case. */
export interface Exclusions {
  readonly users: readonly string[];
  readonly addresses: readonly Cidr[];
  readonly applications: readonly string[];
}

export const noExclusions: Exclusions = { users: [], addresses: [], applications: [] };

/** @param names all names of the account */
export function isExcluded(
  exclusions: Exclusions,
  names: readonly string[],
  origin: Origin,
): boolean {
  return isUserExcluded(exclusions, names) || isOriginExcluded(exclusions, origin);
}

export function isUserExcluded(
  { users }: Pick<Exclusions, "users">,
  names: readonly string[],
): boolean {
  return users.some((excluded) => names.includes(excluded));
}

function isOriginExcluded(
  { applications, addresses }: Exclusions,
  { ipAddress, appId }: Origin,
): boolean {
  return (
    applications.some((excluded) => excluded === appId) ||
    (ipAddress !== null && addresses.some((range) => contains(range, ipAddress)))
  );
}
