/** Who one row is about, as far as that row alone says. */
export interface RowAccount {
  /** The Entra tenant; null where the row does not name it. */
  readonly tenantId: string | null;
  /** The object id, else the principal name. Lower case. */
  readonly user: string;
  /** The principal name, unless it is an id, masked or missing. */
  readonly name: string | null;
}

/** A principal name and the latest time at which a row used it. */
export interface KnownName {
  readonly name: string;
  readonly seenAt: number;
}

/** What tells accounts apart. */
export interface AccountId {
  readonly tenantId: string | null;
  /** The object id; the principal name where nobody knows the id. Lower case. */
  readonly user: string;
}

/** One person in one tenant: their rows are counted together, under whichever of their names they come. */
export interface Account extends AccountId {
  /** Principal names that are no id, newest first. */
  readonly names?: readonly KnownName[];
  /** What the account is to rows and records that do not name its id or its tenant. */
  readonly aliases?: readonly AccountId[];
}

const guid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const nilGuid = /^[0-]+$/;

/** Microsoft masks the users of other tenants as `{PII Removed}@…`, and people mask with stars. No name has these. */
const masked = /[{}<>*]/;

/**
 * The object id that a text is.
 *
 * @param text trimmed, in lower case
 * @returns null unless it is a GUID other than all zeros, which stands for "unknown"
 */
export function objectIdOf(text: string | null): string | null {
  return text !== null && guid.test(text) && !nilGuid.test(text) ? text : null;
}

/**
 * The principal name that a text is.
 *
 * @param text trimmed, in lower case
 * @returns null for an id and for a masked name, which strangers share
 */
export function principalNameOf(text: string | null): string | null {
  return text === null || guid.test(text) || masked.test(text) ? null : text;
}

/** Equal for accounts that are one. */
export function accountKey({ tenantId, user }: AccountId): string {
  return JSON.stringify([tenantId, user]);
}

/** The name that people know the account by: the newest one, or the id where there is none. */
export function shownName({ user, names = [] }: Account): string {
  return names[0]?.name ?? user;
}

/** Everything that the account goes by. */
export function allNames({ user, names = [] }: Account): readonly string[] {
  return [...new Set([user, ...names.map(({ name }) => name)])];
}

/** The names of both, each once, newest first. */
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
