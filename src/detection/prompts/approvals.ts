import {
  accountKey,
  allNames,
  type Account,
  type AccountId,
  type RowAccount,
} from "../signin/account.ts";
import type { Approval } from "../signin/sighting.ts";
import type { MatchedAccounts } from "./accounts.ts";

type RowApproval = readonly [RowAccount, Approval];

/** Returns a function that reports whether a row may belong to one of some accounts, by its names alone. */
export function mayBeOf(accounts: Iterable<Account>): (row: RowAccount) => boolean {
  const names = new Set([...accounts].flatMap(allNames));
  return ({ user, name }) => names.has(user) || (name !== null && names.has(name));
}

/**
 * Returns the approvals of some accounts, by `accountKey`. The denials of an account may all lack the id that its
 * approvals show. If these show exactly one id for the name, they belong to the same account.
 */
export function approvalsByAccount(
  accounts: Iterable<AccountId>,
  matched: MatchedAccounts,
  approvals: readonly RowApproval[],
): ReadonlyMap<string, readonly Approval[]> {
  const found = new Map([...accounts].map((each) => [accountKey(each), [] as Approval[]]));
  const owners = ownersOf(found, matched, approvals);
  for (const [row, approval] of approvals) {
    const key = accountKey(matched.resolve(row));
    (found.get(key) ?? found.get(owners.get(key) ?? ""))?.push(approval);
  }
  return found;
}

/** Finds accounts without an id whose name has one only in the approvals. Maps the id's account to the name's. */
function ownersOf(
  wanted: ReadonlyMap<string, unknown>,
  matched: MatchedAccounts,
  approvals: readonly RowApproval[],
): ReadonlyMap<string, string> {
  const ids = new Map<string, Set<string>>();
  for (const [row] of approvals) {
    const { tenantId, user } = matched.resolve(row);
    if (row.name !== null && user !== row.name) {
      const nameKey = accountKey({ tenantId, user: row.name });
      if (wanted.has(nameKey)) {
        const known = ids.get(nameKey) ?? new Set();
        ids.set(nameKey, known.add(accountKey({ tenantId, user })));
      }
    }
  }
  return new Map(
    [...ids].flatMap(([nameKey, [id = "", ...others]]) =>
      others.length > 0 ? [] : [[id, nameKey]],
    ),
  );
}
