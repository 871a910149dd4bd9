import { contains, type Cidr } from "./cidr.ts";
import type { Origin } from "./signIn.ts";

/** What a rule leaves out. Users and application ids in lower case. */
export interface Exclusions {
  readonly users: readonly string[];
  readonly addresses: readonly Cidr[];
  readonly applications: readonly string[];
}

export const noExclusions: Exclusions = { users: [], addresses: [], applications: [] };

export function isExcluded(exclusions: Exclusions, user: string | null, origin: Origin): boolean {
  const { ipAddress, appId, userId } = origin;
  return (
    exclusions.users.some((excluded) => excluded === user || excluded === userId) ||
    exclusions.applications.some((excluded) => excluded === appId) ||
    (ipAddress !== null && exclusions.addresses.some((range) => contains(range, ipAddress)))
  );
}
