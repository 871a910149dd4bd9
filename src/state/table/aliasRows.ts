import { accountKey, objectIdOf, type AccountId } from "../../detection/signin/account.ts";
import type { AliasRow, SubjectRecord } from "../../run/ports.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { rowKeys } from "./stateKeys.ts";
import type { Change, TableRows } from "./tableRows.ts";

type StoredAlias = Omit<AliasRow, "version">;

/** How much later a burst must end before a row is written for that alone, in milliseconds. */
const refreshAfter = 86_400_000;

/**
 * The longest chain of aliases. A name can turn out to belong to an id, and an account without a tenant to one with
 * a tenant, but no more.
 */
const longestChain = 3;

/**
 * Rows with the owner of each name. A row is read once per run. Every write that relies on it checks in the same
 * transaction that it is unchanged.
 */
export class AliasRows {
  readonly #rows: TableRows;
  readonly #read = new Map<string, AliasRow>();
  /** Rows as this run wrote them. */
  readonly #written = new Map<string, AliasRow>();

  constructor(rows: TableRows) {
    this.#rows = rows;
  }

  async read(alias: AccountId): Promise<AliasRow> {
    const key = accountKey(alias);
    const known = this.#read.get(key) ?? (await this.#readAnew(alias));
    this.#read.set(key, known);
    return known;
  }

  /** Returns the owner of an account: itself or another one. */
  async ownerOf({ tenantId, user }: AccountId): Promise<AccountId> {
    let account: AccountId = { tenantId, user };
    for (let links = 0; mayBeAlias(account) && links < longestChain; links++) {
      const { owner } = await this.read(account);
      if (owner === null) {
        break;
      }
      account = owner;
    }
    return account;
  }

  /** Discards everything that was read, because others wrote. */
  forget(): void {
    this.#read.clear();
    this.#written.clear();
  }

  /** Returns the rows that must change, or must be unchanged, when a record is written. */
  changesFor({ subject, bursts, version, aliasRows = [] }: SubjectRecord): readonly AliasChange[] {
    const lastAt = Math.max(0, ...bursts.map(({ extent }) => extent.to));
    const { tenantId, user } = subject;
    return aliasRows.flatMap((read) => {
      const row = this.#written.get(accountKey(read.alias)) ?? read;
      const isSelf = accountKey(row.alias) === accountKey(subject);
      const owner = isSelf ? null : { tenantId, user };
      if (row.owner !== null && !isSame(row.owner, owner)) {
        return [];
      }
      const isNews =
        row.version === null || !isSame(row.owner, owner) || (isSelf && version === null);
      const next = {
        alias: row.alias,
        owner,
        hasRecords: isSelf || row.hasRecords,
        lastAt: Math.max(lastAt, row.lastAt),
      };
      return isNews || next.lastAt > row.lastAt + refreshAfter ? [changeOf(next, row.version)] : [];
    });
  }

  /** @param etags of the rows as they are stored now; null if unknown */
  note(changes: readonly AliasChange[], etags: readonly (string | null)[] | null): void {
    for (const [index, { stored }] of changes.entries()) {
      const version = etags?.[index] ?? null;
      const key = accountKey(stored.alias);
      this.#read.delete(key);
      if (version === null) {
        this.#written.delete(key);
      } else {
        this.#read.set(key, { ...stored, version });
        this.#written.set(key, { ...stored, version });
      }
    }
  }

  /** Returns the rows as this run wrote them, if it did. */
  asWritten(rows: readonly AliasRow[]): readonly AliasRow[] {
    return rows.map((row) => this.#written.get(accountKey(row.alias)) ?? row);
  }

  /** Like `note`, for a write whose answer with the etags was lost. */
  async noteStored(changes: readonly AliasChange[]): Promise<void> {
    const etags: (string | null)[] = [];
    for (const { stored } of changes) {
      etags.push((await this.#readAnew(stored.alias)).version);
    }
    this.note(changes, etags);
  }

  /** Writes that an account has records under its own name, unless this is known already. */
  async claim(alias: AccountId, lastAt: number): Promise<void> {
    const row = { alias, owner: null, hasRecords: true, lastAt };
    await this.#rows.put(rowKeys.alias(alias), describe(row), null);
  }

  /** Keeps only the identity. Other fields of a subject would be stored with the row. */
  async #readAnew({ tenantId, user }: AccountId): Promise<AliasRow> {
    const alias: AccountId = { tenantId, user };
    const row = await this.#rows.get(rowKeys.alias(alias));
    return row === null
      ? unknownAlias(alias)
      : { ...(fromJsonProperties(row) as StoredAlias), version: row.etag };
  }
}

export interface AliasChange {
  readonly change: Change;
  readonly stored: StoredAlias;
}

/** Returns a name without a row. Other fields of a subject are left out. */
export function unknownAlias({ tenantId, user }: AccountId): AliasRow {
  return { alias: { tenantId, user }, owner: null, hasRecords: false, version: null, lastAt: 0 };
}

/** Reports whether the account's id or tenant may still become known. */
export function mayBeAlias({ tenantId, user }: AccountId): boolean {
  return tenantId === null || objectIdOf(user) === null;
}

function isSame(some: AccountId | null, other: AccountId | null): boolean {
  return some === null || other === null ? some === other : accountKey(some) === accountKey(other);
}

function changeOf(stored: StoredAlias, version: string | null): AliasChange {
  const rowKey = rowKeys.alias(stored.alias);
  const properties = describe(stored);
  return {
    stored,
    change:
      version === null
        ? { kind: "create", rowKey, properties }
        : { kind: "replace", rowKey, properties, etag: version },
  };
}

/** Adds a column for pruning beside the content. A burst may end later than the row says. */
function describe(stored: StoredAlias): object {
  return {
    oldestAt: { type: "Int64", value: String(Math.floor(stored.lastAt + refreshAfter)) },
    ...toJsonProperties(stored),
  };
}
