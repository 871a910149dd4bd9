import { noExclusions } from "../signin/exclusions.ts";

export const minute = 60_000;

/** What most rules share. */
export const common = {
  approvalRequired: false,
  approvalWatchMs: 60 * minute,
  approvalRaises: "any",
  originDecides: false,
  usualOriginSeverity: null,
  exclusions: noExclusions,
  riskScore: null,
} as const;
