import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import type { RecordedBurst, Subject } from "../../detection/decisions/record.ts";
import { accountKey, type AccountId } from "../../detection/signin/account.ts";
import { inFamily } from "../families.ts";
import { aliasesOf, deliveriesOf, takeIn } from "../memoryStore.ts";
import { AliasRows, mayBeAlias } from "./aliasRows.ts";
import type {
  AliasRow,
  Delivery,
  DueItem,
  RecordIndex,
  SubjectRecord,
  StartState,
  Progress,
  StateChange,
  StateStore,
} from "../../run/ports.ts";
import { withoutGone, writeDue } from "./dueRows.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { ProgressRow } from "./progressRow.ts";
import { readRecordIndex } from "./recordIndex.ts";
import { hashKey, rowKeys, rowRanges } from "./stateKeys.ts";
import {
  contentOf,
  describe,
  readVersion,
  split,
  storedSubject,
  versionOf,
  type ArchiveRow,
  type StoredHead,
} from "./storedHead.ts";
import { emptied, moveToFamily, takenDue } from "./takenIn.ts";
import { pruneRecords } from "./pruneRecords.ts";
import { roomFor, TableRows, type Change } from "./tableRows.ts";

/**
 * State in Azure Table Storage, one partition per workspace. A head and its due items change in one transaction. A
 * head is replaced only if it is unchanged since it was read.
 */
export class TableState implements StateStore {
  readonly #rows: TableRows;
  readonly #aliases: AliasRows;
  #migration: Promise<void> | null = null;
  readonly #progress: ProgressRow;

  /** @param name the partition's name: the workspace, or another one for a dry run, which must not touch it */
  constructor(client: TableClient, name: string, signal?: AbortSignal) {
    this.#rows = new TableRows(client, hashKey(name), signal);
    this.#aliases = new AliasRows(this.#rows);
    this.#progress = new ProgressRow(this.#rows);
  }

  async open(): Promise<StartState> {
    const rows = await this.#rows.list(rowRanges.opening.from, rowRanges.opening.to);
    const due: DueItem[] = [];
    let progress: Progress | null = null;
    for (const row of rows) {
      if (row.rowKey === rowKeys.progress) {
        progress = this.#progress.note(row);
      } else {
        due.push(fromJsonProperties(row) as DueItem);
      }
    }
    await this.#prepare(() => Promise.resolve());
    return { progress, due: due.toSorted((a, b) => a.dueAt - b.dueAt) };
  }

  readProgress(): Promise<Progress | null> {
    return this.#progress.read();
  }

  /** Returns when this was first called (epoch ms), storing the time if needed. For an app that never ran. */
  async firstSeenAt(now: number): Promise<number> {
    const stored = await this.#rows.get(rowKeys.firstSeen);
    const at = Number(stored?.["at"]);
    if (stored !== null && Number.isFinite(at)) {
      return at;
    }
    await this.#rows.put(rowKeys.firstSeen, { at: String(now) }, stored?.etag ?? null);
    return now;
  }

  async readIndex(most: number): Promise<RecordIndex | null> {
    await this.#prepare();
    return readRecordIndex(this.#rows, most);
  }

  async readOwners(aliases: readonly AccountId[]): Promise<ReadonlyMap<string, AccountId>> {
    await this.#prepare();
    const owners = new Map<string, AccountId>();
    for (const alias of aliases) {
      const owner = await this.#aliases.ownerOf(alias);
      if (accountKey(owner) !== accountKey(alias)) {
        owners.set(accountKey(alias), owner);
      }
    }
    return owners;
  }

  async readHead(asked: Subject, from: number): Promise<SubjectRecord> {
    await this.#prepare();
    const named = { ...asked, ...(await this.#aliases.ownerOf(asked)) };
    const found = await this.#readRow(named, from);
    // Items that were due before rules had families still name the rule, whose records have moved.
    const subject = found.emptied === true ? inFamily(named) : named;
    const own = subject === named ? found : await this.#readRow(subject, from);
    const isSelf = mayBeAlias(subject);
    const aliasRows: AliasRow[] = [];
    for (const alias of [...(isSelf ? [subject] : []), ...aliasesOf(asked, subject)]) {
      aliasRows.push(await this.#aliases.read(alias));
    }
    const others: SubjectRecord[] = [];
    for (const { alias, owner, hasRecords } of aliasRows) {
      const isOther = accountKey(alias) !== accountKey(subject);
      const isFree = owner === null || accountKey(owner) === accountKey(subject);
      if (isOther && isFree && hasRecords) {
        const { tenantId, user } = alias;
        others.push(await this.#readRow({ ...subject, tenantId, user }, -Infinity));
      }
    }
    const recorded = others.filter((head) => head.bursts.length > 0);
    return { ...takeIn(own, recorded, subject), aliasRows };
  }

  async #readRow(
    subject: Subject,
    from: number,
  ): Promise<SubjectRecord & Pick<StoredHead, "emptied">> {
    const row = await this.#rows.get(rowKeys.head(subject));
    if (row === null) {
      return { subject, bursts: [], deliveries: {}, version: null };
    }
    const { archives, ...stored } = fromJsonProperties(row) as StoredHead;
    const head = { ...stored, version: versionOf(archives, row.etag) };
    return stored.archivedTo === null || stored.archivedTo < from ? head : this.#withArchive(head);
  }

  /** Makes readers wait until all records have the format of this version. A failure is retried. */
  #prepare(look: () => Promise<unknown> = () => this.#progress.read()): Promise<void> {
    this.#migration ??= look()
      .then(() => this.#migrate())
      .catch((error: unknown) => {
        this.#migration = null;
        throw error;
      });
    return this.#migration;
  }

  /**
   * Migrates records of the previous version, which identified accounts by one name each. Registers each of them as
   * a name.
   */
  async #migrate(): Promise<void> {
    const { from, to } = rowRanges.heads;
    for (const row of this.#progress.isCurrent ? [] : await this.#rows.list(from, to)) {
      const { subject, bursts, archivedTo } = fromJsonProperties(row) as StoredHead;
      if (mayBeAlias(subject)) {
        const { tenantId, user } = subject;
        const lastAt = Math.max(archivedTo ?? 0, ...bursts.map(({ extent }) => extent.to));
        await this.#aliases.claim({ tenantId, user }, lastAt);
      }
      if (this.#progress.isOld && inFamily(subject) !== subject) {
        await moveToFamily(subject, {
          read: (each) => this.#readRow(each, -Infinity),
          write: (head) => this.#writeHead(head, []),
        });
      }
    }
  }

  async write({
    head,
    put = [],
    drop = [],
  }: StateChange): Promise<SubjectRecord | null | "conflict"> {
    const moved = (item: DueItem): DueItem =>
      head === undefined ? item : { ...item, subject: storedSubject(head.subject) };
    const changes: readonly Change[] = [
      // Also under the account for which it was due before more was known.
      ...[...drop, ...drop.map(moved), ...put].map((item) => ({
        kind: "delete" as const,
        rowKey: rowKeys.due(item),
      })),
      ...put.map(moved).map((item) => ({
        kind: "upsert" as const,
        rowKey: rowKeys.due(item),
        properties: toJsonProperties(item),
      })),
    ];
    // A transaction accepts each row once. A put takes precedence.
    const due = [...new Map(changes.map((change) => [change.rowKey, change])).values()];
    if (head === undefined) {
      await writeDue(this.#rows, due);
      return null;
    }
    return this.#writeHead(head, due);
  }

  saveProgress(progress: Progress): Promise<void> {
    return this.#progress.save(progress);
  }

  saveLookedAgain(to: number): Promise<void> {
    return this.#progress.saveLookedAgain(to);
  }

  prune(before: number): Promise<number> {
    return pruneRecords(this.#rows, before);
  }

  async #withArchive(head: SubjectRecord): Promise<SubjectRecord> {
    const prefix = rowKeys.archivePrefix(head.subject);
    const bursts = new Map<string, RecordedBurst>();
    const deliveries: Record<string, Delivery | undefined> = {};
    const archived: Record<string, string> = {};
    // In the order of creation, because a burst that changed and was archived again is in a later row.
    for (const row of await this.#rows.list(prefix, `${prefix}~`)) {
      const stored = fromJsonProperties(row) as ArchiveRow;
      for (const burst of stored.bursts) {
        const delivery = stored.deliveries[burst.id];
        bursts.set(burst.id, burst);
        deliveries[burst.id] = delivery;
        archived[burst.id] = contentOf(burst, delivery);
      }
    }
    // A burst that changed after it was archived is in the head again, and that one counts.
    for (const burst of head.bursts) {
      bursts.set(burst.id, burst);
      deliveries[burst.id] = head.deliveries[burst.id];
    }
    const all = [...bursts.values()];
    return { ...head, bursts: all, deliveries: deliveriesOf(all, deliveries), archived };
  }

  async #writeHead(
    head: SubjectRecord,
    due: readonly Change[],
  ): Promise<SubjectRecord | "conflict"> {
    const read = readVersion(head.version);
    const { stored, archive, moved } = split(head, read.archives);
    const writeId = randomUUID();
    const rowKey = rowKeys.head(head.subject);
    const properties = { ...describe(stored), writeId };
    const change: Change =
      read.etag === null
        ? { kind: "create", rowKey, properties }
        : { kind: "replace", rowKey, properties, etag: read.etag };
    const aliases = this.#aliases.changesFor(head);
    const own = [change, ...aliases.map((each) => each.change)];
    const others = [...own, ...archive, ...(head.takenIn ?? []).map(emptied)];
    // Items that do not fit into the transaction are stored before it. Without the head they request nothing that the
    // same judgement, which is repeated, would not request.
    const room = roomFor(due, others);
    const taken = await takenDue(this.#rows, head, due, others);
    await writeDue(this.#rows, due.slice(room));
    const etags = await this.#rows.transact([...others, ...due.slice(0, room), ...taken]);
    const written = (etag: string | null): SubjectRecord => {
      const { takenIn: _, aliasRows: rows, ...rest } = head;
      return {
        ...rest,
        ...(rows && { aliasRows: this.#aliases.asWritten(rows) }),
        archived: { ...head.archived, ...moved },
        archivedTo: stored.archivedTo,
        version: etag === null ? null : versionOf(stored.archives, etag),
      };
    };
    if (etags !== null) {
      this.#aliases.note(aliases, etags.slice(1, own.length));
      return written(etags[0] ?? null);
    }
    const found = await this.#rows.get(rowKey);
    if (found !== null && found["writeId"] === writeId) {
      // It was stored; only the answer was lost, and the retry found our own row.
      await this.#aliases.noteStored(aliases);
      return written(found.etag);
    }
    // Deleting a row that is already gone would fail the whole transaction.
    const isSame = (found?.etag ?? null) === read.etag;
    const present = isSame ? await withoutGone(this.#rows, due) : due;
    if (present.length < due.length) {
      return this.#writeHead(head, present);
    }
    this.#aliases.forget();
    return "conflict";
  }
}
