/** The account of one row, as far as that row alone shows it. */
export interface RowAccount {
  /** The Entra tenant; null if the row does not name it. */
  readonly tenantId: string | null;
  /** The object id, or the principal name if there is no id, in lower case. */
  readonly user: string;
  /** The principal name, unless it is an id, masked or missing. */
  readonly name: string | null;
}

/** A principal name and the latest time at which a row used it. */
export interface KnownName {
  readonly name: string;
  readonly seenAt: number;
}

/** What identifies an account. */
export interface AccountId {
  readonly tenantId: string | null;
  /** The object id, or the principal name if the id is unknown, in lower case. */
  readonly user: string;
}

/** One person in one tenant. Their rows are counted together, whichever name they have. */
export interface Account extends AccountId {
  /** Principal names that are not ids, newest first. */
  readonly names?: readonly KnownName[];
  /** The identities of the account in rows and records without its id or its tenant. */
  readonly aliases?: readonly AccountId[];
}

const guid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const nilGuid = /^[0-]+$/;

/**
 * Microsoft masks the users of other tenants as `{PII Removed}@…`, and people mask with stars. Names never contain
 * these characters.
 */
const masked = /[{}<>*]/;

/**
 * Returns the text if it is an object id.
 *
 * @param text trimmed, in lower case
 * @returns null unless it is a GUID; the GUID of all zeros means "unknown" and is not one
 */
export function objectIdOf(text: string | null): string | null {
  return text !== null && guid.test(text) && !nilGuid.test(text) ? text : null;
}

/**
 * Returns the text if it is a principal name.
 *
 * @param text trimmed, in lower case
 * @returns null for an id, and for a masked name, which strangers share
 */
export function principalNameOf(text: string | null): string | null {
  return text === null || guid.test(text) || masked.test(text) ? null : text;
}

/** Returns a key that is equal for equal accounts. */
export function accountKey({ tenantId, user }: AccountId): string {
  return JSON.stringify([tenantId, user]);
}

/** Returns the name that people know the account by: the newest name, or the id if there is none. */
export function shownName({ user, names = [] }: Account): string {
  return names[0]?.name ?? user;
}

/** Returns all names of the account, including its id. */
export function allNames({ user, names = [] }: Account): readonly string[] {
  return [...new Set([user, ...names.map(({ name }) => name)])];
}

/** Merges the names of both, each once, newest first. */
export function joinNames(
  some: readonly KnownName[],
  others: readonly KnownName[],
): readonly KnownName[] {
  const latest = new Map<string, number>();
  for (const { name, seenAt } of [...some, ...others]) {
    latest.set(name, Math.max(seenAt, latest.get(name) ?? -Infinity));
  }
  return [...latest]
    .map(([name, seenAt]) => ({ name, seenAt }))
    .toSorted((a, b) => b.seenAt - a.seenAt || (a.name < b.name ? -1 : 1));
}
