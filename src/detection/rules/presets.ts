import { azureAdMultipleDeniedMfa } from "./azureAdMultipleDeniedMfa.ts";
import { explicitMfaDeny } from "./explicitMfaDeny.ts";
import { mfaDenyThenApprove } from "./mfaDenyThenApprove.ts";
import type { Rule } from "./rule.ts";

/** The rules that ship, in the order in which they are listed. */
export const presets: readonly Rule[] = [
  explicitMfaDeny,
  azureAdMultipleDeniedMfa,
  mfaDenyThenApprove,
];
