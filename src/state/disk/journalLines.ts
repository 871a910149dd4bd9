import { objectIdOf, principalNameOf, type RowAccount } from "../../detection/signin/account.ts";
import { canonicalAddress } from "../../detection/signin/address.ts";
import { isFields } from "../../detection/signin/fields.ts";
import type { Approval, Sighting } from "../../detection/signin/sighting.ts";

/** A line of an approvals journal. */
export interface AccountApproval extends RowAccount {
  readonly approval: Approval;
}

/** A line of a sightings journal. */
export interface AccountSighting extends RowAccount {
  readonly sighting: Sighting;
}

/** Returns the content of a line. Lines of an earlier version have fewer fields. */
export function readApprovalLine(line: AccountApproval): readonly [RowAccount, Approval] {
  const { approval } = line;
  return [
    readAccount(line, null),
    Object.assign({}, requestOfOld, approval, { ipAddress: readAddress(approval.ipAddress) }),
  ];
}

/** Returns the content of a line of a sightings journal. */
export function readSightingLine(line: AccountSighting): readonly [RowAccount, Sighting] {
  const { sighting } = line;
  const account = readAccount(line, sighting.origin.userId);
  const origin = Object.assign({ userName: account.name }, sighting.origin, {
    ipAddress: readAddress(sighting.origin.ipAddress),
  });
  return [account, { ...Object.assign({}, requestOfOld, stepsOfOld, sighting), origin }];
}

const requestOfOld = { requestAlias: null, requestBy: "id" } as const;
const stepsOfOld = { lends: false, details: "whole" } as const;

function readAccount(
  { tenantId, user, name }: Omit<RowAccount, "name"> & { readonly name?: string | null },
  userId: string | null,
): RowAccount {
  return name === undefined
    ? { tenantId, user: objectIdOf(userId) ?? user, name: principalNameOf(user) }
    : { tenantId, user, name };
}

function readAddress(address: string | null): string | null {
  return typeof address === "string" ? canonicalAddress(address) : null;
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
