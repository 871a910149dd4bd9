import { policiesOf, type PoliciesByStatus } from "./policies.ts";
import { randomOf } from "./random.ts";

/** The values that all rows of one tenant share. */
export interface World {
  readonly seed: number;
  /** The Entra tenant, `AADTenantId`. */
  readonly tenantId: string;
  /** The Log Analytics workspace, which rows call `TenantId`. */
  readonly workspaceId: string;
  /** The home tenant of guests. */
  readonly partnerTenantId: string;
  readonly policies: PoliciesByStatus;
}

export function worldOf(seed: number): World {
  const random = randomOf(seed, 0);
  return {
    seed,
    tenantId: random.guid(),
    workspaceId: random.guid(),
    partnerTenantId: random.guid(),
    policies: policiesOf({ mfa: random.guid(), legacy: random.guid() }),
  };
}
