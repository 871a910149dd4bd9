import { accountKey, objectIdOf, type AccountId } from "../../detection/signin/account.ts";
import type { AliasRow, SubjectRecord } from "../../run/ports.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { rowKeys } from "./stateKeys.ts";
import type { Change, TableRows } from "./tableRows.ts";

type StoredAlias = Omit<AliasRow, "version">;

/** So much later a burst has to end before a row is written for it alone. */
const refreshAfter = 86_400_000;

/** A name turns out to be an id's, and an account without a tenant that of a tenant: no more than this. */
const longestChain = 3;

/**
 * Rows that say whose a name is. One is read once a run; whoever writes by it makes sure that it is still as it was
 * read, in the transaction that its records change in.
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

  /** Whose the account is: its own, or another's. */
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

  /** Others wrote: nothing that was read holds any more. */
  forget(): void {
    this.#read.clear();
    this.#written.clear();
  }

  /** What has to change, and to be as it was read, where a head is written. */
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

  /** @param etags of the rows as they are stored now; null where that is not known */
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

  /** The rows as this run wrote them, where it did. */
  asWritten(rows: readonly AliasRow[]): readonly AliasRow[] {
    return rows.map((row) => this.#written.get(accountKey(row.alias)) ?? row);
  }

  /** Like `note`, where the answer that had the etags got lost. */
  async noteStored(changes: readonly AliasChange[]): Promise<void> {
    const etags: (string | null)[] = [];
    for (const { stored } of changes) {
      etags.push((await this.#readAnew(stored.alias)).version);
    }
    this.note(changes, etags);
  }

  /** Says of an account that what it has is recorded under its name; nothing where that is known already. */
  async claim(alias: AccountId, lastAt: number): Promise<void> {
    const row = { alias, owner: null, hasRecords: true, lastAt };
    await this.#rows.put(rowKeys.alias(alias), describe(row), null);
  }

  /** Kept without what else a subject says: it would be stored with the row. */
  async #readAnew({ tenantId, user }: AccountId): Promise<AliasRow> {
    const alias: AccountId = { tenantId, user };
    const row = await this.#rows.get(rowKeys.alias(alias));
    return row === null
      ? { alias, owner: null, hasRecords: false, version: null, lastAt: 0 }
      : { ...(fromJsonProperties(row) as StoredAlias), version: row.etag };
  }
}

export interface AliasChange {
  readonly change: Change;
  readonly stored: StoredAlias;
}

/** Whether more may come to be known about the account: its id, or its tenant. */
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

/** A column for pruning beside the content. A burst may end later than the row says. */
function describe(stored: StoredAlias): object {
  return {
    oldestAt: { type: "Int64", value: String(Math.floor(stored.lastAt + refreshAfter)) },
    ...toJsonProperties(stored),
  };
}
