import {
  accountKey,
  joinNames,
  type Account,
  type AccountId,
  type KnownName,
  type RowAccount,
} from "../signin/account.ts";
import { numberAt } from "./columns.ts";

/** A name that is known to belong to one id. */
export interface Binding {
  readonly tenantId: string | null;
  readonly name: string;
  readonly id: string;
}

/** The identities of accounts that earlier runs determined. Later rows do not change them. */
export interface Bindings {
  /** Entra tenants named in rows. More than two add no information. */
  readonly tenants: readonly string[];
  /** The tenant assumed for rows without one. */
  readonly unnamedTenant: string | null;
  /** Whether some rows have no tenant. */
  readonly hasUnnamed: boolean;
  readonly idOf: (tenantId: string | null, name: string) => string | null;
}

export const noBindings: Bindings = {
  tenants: [],
  unnamedTenant: null,
  hasUnnamed: false,
  idOf: () => null,
};

/** Accounts as given in rows, by number, and the names in those rows. */
export interface SeenAccounts {
  readonly accounts: number;
  readonly tenantOf: (account: number) => string | null;
  readonly userOf: (account: number) => string;
  readonly names: number;
  readonly nameAt: (row: number) => KnownName & {
    readonly account: number;
    /** Whether the rows of this account have no id. */
    readonly isUser: boolean;
  };
}

/**
 * Decides which accounts are the same person. A row without a tenant belongs to the tenant that all others name,
 * and a row without an object id to the only id of its name. Without exactly one such tenant or id, the row stays
 * separate.
 */
export class MatchedAccounts {
  readonly #seen: SeenAccounts;
  readonly #bindings: Bindings;
  readonly #unnamedTenant: string | null;
  /** The accounts that belong to another, by number. */
  readonly #owners = new Map<number, number>();
  readonly #members = new Map<number, number[]>();
  /** The identity of an account if it differs from what its rows say. */
  readonly #becomes = new Map<number, AccountId>();
  readonly #namesOf: (account: number) => readonly KnownName[];
  #ids: ReadonlyMap<string, string | null> | null = null;
  readonly #bound = new Map<string, Binding>();
  #hasUnnamed = false;

  constructor(seen: SeenAccounts, bindings: Bindings) {
    this.#seen = seen;
    this.#bindings = bindings;
    this.#unnamedTenant = unnamedTenant(seen, bindings);
    this.#join();
    this.#namesOf = indexNames(seen, (account) => this.numberOf(account));
  }

  /** Returns the number of the account's owner: its own, or that of another account. */
  numberOf(account: number): number {
    return this.#owners.get(account) ?? account;
  }

  /** Returns the accounts that are the same as this one; null for one that belongs to another. */
  membersOf(account: number): readonly number[] | null {
    return this.#owners.has(account) ? null : [account, ...(this.#members.get(account) ?? [])];
  }

  /** Returns the identity of an account's owner, without its names. */
  idAt(account: number): AccountId {
    return this.#idAt(this.numberOf(account));
  }

  /** @param account an account that does not belong to another */
  accountAt(account: number): Account {
    const id = this.#idAt(account);
    const names = this.#namesOf(account);
    return { ...id, names, aliases: this.#aliasesOf(id, names) };
  }

  /** Everything that resolves to the account, except the account itself. */
  #aliasesOf({ tenantId, user }: AccountId, names: readonly KnownName[]): readonly AccountId[] {
    const isUnnamed =
      tenantId !== null &&
      tenantId === this.#unnamedTenant &&
      (this.#hasUnnamed || this.#bindings.hasUnnamed);
    const own = names
      .map(({ name }) => name)
      .filter((name) => name !== user && this.#ownerOf(tenantId, name) === user);
    return [
      ...own.map((name) => ({ tenantId, user: name })),
      ...(isUnnamed ? [user, ...own].map((name) => ({ tenantId: null, user: name })) : []),
    ];
  }

  /** Returns the account that a row belongs to, whether or not it is one of these. */
  resolve({ tenantId, user, name }: RowAccount): AccountId {
    const tenant = tenantId ?? this.#unnamedTenant;
    return { tenantId: tenant, user: user === name ? this.#ownerOf(tenant, name) : user };
  }

  /** The names that were matched to an id. The caller must store them so that they stay matched. */
  get bound(): readonly Binding[] {
    return [...this.#bound.values()];
  }

  /** The tenant assumed for rows without one; null if there were no such rows, or no single tenant. */
  get boundTenant(): string | null {
    return this.#hasUnnamed ? this.#unnamedTenant : null;
  }

  #ownerOf(tenantId: string | null, name: string): string {
    this.#ids ??= idsByName(this.#seen, this.#unnamedTenant);
    const id =
      this.#bindings.idOf(tenantId, name) ??
      this.#ids.get(accountKey({ tenantId, user: name })) ??
      null;
    return id ?? name;
  }

  #join(): void {
    const moved = this.#findMoved();
    if (moved.size === 0) {
      return;
    }
    const wanted = new Set([...moved.values()].map(accountKey));
    const owners = new Map<string, number>();
    for (let account = 0; account < this.#seen.accounts; account++) {
      const key = moved.has(account) ? null : accountKey(this.#idAt(account));
      if (key !== null && wanted.has(key)) {
        owners.set(key, account);
      }
    }
    for (const [account, becomes] of moved) {
      const key = accountKey(becomes);
      const owner = owners.get(key);
      if (owner === undefined) {
        owners.set(key, account);
        this.#becomes.set(account, becomes);
      } else {
        this.#owners.set(account, owner);
        this.#members.set(owner, [...(this.#members.get(owner) ?? []), account]);
      }
    }
  }

  /** Finds the accounts whose identity differs from their rows. */
  #findMoved(): ReadonlyMap<number, AccountId> {
    const moved = new Map<number, AccountId>();
    for (let account = 0; account < this.#seen.accounts; account++) {
      if (this.#seen.tenantOf(account) === null && this.#unnamedTenant !== null) {
        this.#hasUnnamed = true;
        moved.set(account, { tenantId: this.#unnamedTenant, user: this.#seen.userOf(account) });
      }
    }
    for (let row = 0; row < this.#seen.names; row++) {
      const { account, name, isUser } = this.#seen.nameAt(row);
      const tenantId = this.#seen.tenantOf(account) ?? this.#unnamedTenant;
      const id = isUser ? this.#ownerOf(tenantId, name) : name;
      if (id !== name) {
        this.#bound.set(accountKey({ tenantId, user: name }), { tenantId, name, id });
        moved.set(account, { tenantId, user: id });
      }
    }
    return moved;
  }

  #idAt(account: number): AccountId {
    return (
      this.#becomes.get(account) ?? {
        tenantId: this.#seen.tenantOf(account),
        user: this.#seen.userOf(account),
      }
    );
  }
}

function unnamedTenant(seen: SeenAccounts, bindings: Bindings): string | null {
  if (bindings.unnamedTenant !== null) {
    return bindings.unnamedTenant;
  }
  const tenants = new Set(bindings.tenants);
  for (let account = 0; account < seen.accounts; account++) {
    const tenant = seen.tenantOf(account);
    if (tenant !== null) {
      tenants.add(tenant);
    }
  }
  const [only = null] = tenants;
  return tenants.size === 1 ? only : null;
}

/** Returns the id of each name; null if it has several. */
function idsByName(
  { names, nameAt, tenantOf, userOf }: SeenAccounts,
  tenantOfUnnamed: string | null,
): ReadonlyMap<string, string | null> {
  const ids = new Map<string, string | null>();
  for (let row = 0; row < names; row++) {
    const { account, name, isUser } = nameAt(row);
    if (!isUser) {
      const key = accountKey({ tenantId: tenantOf(account) ?? tenantOfUnnamed, user: name });
      const id = userOf(account);
      ids.set(key, (ids.get(key) ?? id) === id && ids.get(key) !== null ? id : null);
    }
  }
  return ids;
}

/** Returns the names of an account without scanning those of the others. */
function indexNames(
  { accounts, names, nameAt }: SeenAccounts,
  numberOf: (account: number) => number,
): (account: number) => readonly KnownName[] {
  // For each account its first row, and for each row the next one; 0 if there is none.
  const first = new Uint32Array(accounts);
  const next = new Uint32Array(names + 1);
  for (let row = 1; row <= names; row++) {
    const account = numberOf(nameAt(row - 1).account);
    next[row] = numberAt(first, account);
    first[account] = row;
  }
  return (account) => {
    const found: KnownName[] = [];
    for (let row = numberAt(first, account); row !== 0; row = numberAt(next, row)) {
      const { name, seenAt } = nameAt(row - 1);
      found.push({ name, seenAt });
    }
    return joinNames(found, []);
  };
}
