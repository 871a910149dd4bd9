import type { Attempt, Snapshot } from "./attempt.ts";
import { pretty } from "./text.ts";

export interface PolicyIds {
  readonly mfa: string;
  readonly legacy: string;
}

export type PoliciesByStatus = Readonly<Record<AccessStatus, readonly unknown[]>>;

/** The result of Conditional Access for a row. */
export type AccessStatus = "success" | "failure" | "notApplied";

export function accessStatus(attempt: Attempt, snapshot: Snapshot): AccessStatus {
  if (attempt.flow === "nps" || attempt.flow === "adfs" || !attempt.mfaRequired) {
    return "notApplied";
  }
  if (snapshot.resultType === "0" || snapshot.resultType === "50140") {
    return "success";
  }
  return snapshot.resultType === "50126" ? "notApplied" : "failure";
}

function policy(
  id: string,
  name: string,
  control: string,
  result: string,
  satisfied: number,
): unknown {
  return {
    id,
    displayName: name,
    enforcedGrantControls: [control],
    enforcedSessionControls: [],
    result,
    conditionsSatisfied: satisfied,
    conditionsNotSatisfied: result === "notApplied" ? 16 : 0,
  };
}

/** Returns the same objects for every row with the same status. A policy whose conditions are not met is not listed. */
export function policiesOf(ids: PolicyIds): PoliciesByStatus {
  const mfa = (result: string) => policy(ids.mfa, "Require MFA for all users", "Mfa", result, 3);
  const legacy = policy(ids.legacy, "Block legacy authentication", "Block", "notApplied", 3);
  return { success: [mfa("success")], failure: [mfa("failure"), legacy], notApplied: [legacy] };
}

export const requirementPolicies = pretty([
  { requirementProvider: "multiConditionalAccess", detail: "Conditional Access" },
]);

export const noPolicies = "[]";

/** `AuthenticationProcessingDetails` of ordinary rows. */
export const processingDetails = pretty([{ key: "Is CAE Token", value: "False" }]);

/** `NetworkLocationDetails` of a site whose addresses are named and trusted. */
export const trustedNetwork = pretty([
  { networkType: "trustedNamedLocation", networkNames: ["Contoso offices"] },
]);
