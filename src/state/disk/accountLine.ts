import type { Account } from "../../detection/signin/classify.ts";
import { isFields } from "../../detection/signin/fields.ts";
import type { Approval, Sighting } from "../../detection/signin/sighting.ts";

/** A line of an approvals journal. */
export interface AccountApproval extends Account {
  readonly approval: Approval;
}

/** A line of a sightings journal. */
export interface AccountSighting extends Account {
  readonly sighting: Sighting;
}

export function isAccountApproval(line: unknown): line is AccountApproval {
  return hasAccount(line) && hasTime(line["approval"]);
}

export function isAccountSighting(line: unknown): line is AccountSighting {
  return (
    hasAccount(line) &&
    hasTime(line["sighting"]) &&
    typeof line["sighting"]["outcome"] === "string" &&
    isFields(line["sighting"]["origin"])
  );
}

function hasAccount(line: unknown): line is Readonly<Record<string, unknown>> {
  return (
    isFields(line) &&
    typeof line["user"] === "string" &&
    (typeof line["tenantId"] === "string" || line["tenantId"] === null)
  );
}

function hasTime(value: unknown): value is Readonly<Record<string, unknown>> {
  return isFields(value) && Number.isFinite(value["at"]) && typeof value["request"] === "string";
}
