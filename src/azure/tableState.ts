import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import type { RecordedBurst, Subject } from "../detection/record.ts";
import { laterProgress } from "../pipeline/memoryStore.ts";
import type {
  Delivery,
  DueItem,
  Head,
  Opening,
  Progress,
  StateChange,
  StateStore,
} from "../pipeline/ports.ts";
import { UpstreamError } from "../pipeline/upstreamError.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { hashKey, rowKeys, rowRanges } from "./stateKeys.ts";
import { changesAtOnce, TableRows, type Change } from "./tableRows.ts";

/** Characters of a head's JSON from which settled bursts move to the archive; a property holds 32,000. */
const longestHead = 24_000;

/** Bursts that an archive row takes at most; about 700 characters each. */
const burstsPerArchive = 40;

const attempts = 8;

interface StoredHead {
  readonly subject: Subject;
  readonly bursts: readonly RecordedBurst[];
  readonly deliveries: Readonly<Record<string, Delivery>>;
  /** Until when archived bursts reach; null where none is archived. */
  readonly archivedTo: number | null;
}

/**
 * State in Azure Table Storage, one partition a workspace. A head and what is due for it change in one
 * transaction; a head is only replaced as it was read.
 */
export class TableState implements StateStore {
  readonly #rows: TableRows;
  #progressEtag: string | null = null;

  /** @param name of the partition: the workspace; another one for a dry run, which must not touch it */
  constructor(client: TableClient, name: string) {
    this.#rows = new TableRows(client, hashKey(name));
  }

  async open(): Promise<Opening> {
    const rows = await this.#rows.list(rowRanges.opening.from, rowRanges.opening.to);
    const due: DueItem[] = [];
    let progress: Progress | null = null;
    for (const row of rows) {
      if (row.rowKey === rowKeys.progress) {
        progress = fromJsonProperties(row) as Progress;
        this.#progressEtag = row.etag;
      } else {
        due.push(fromJsonProperties(row) as DueItem);
      }
    }
    return { progress, due: due.toSorted((a, b) => a.dueAt - b.dueAt) };
  }

  async readProgress(): Promise<Progress | null> {
    const row = await this.#rows.get(rowKeys.progress);
    return row === null ? null : (fromJsonProperties(row) as Progress);
  }

  async readHead(subject: Subject, from: number): Promise<Head> {
    const row = await this.#rows.get(rowKeys.head(subject));
    if (row === null) {
      return { subject, bursts: [], deliveries: {}, version: null };
    }
    const stored = fromJsonProperties(row) as StoredHead;
    const head = { ...stored, version: row.etag };
    return stored.archivedTo === null || stored.archivedTo < from ? head : this.#withArchive(head);
  }

  async write({ head, put = [], drop = [] }: StateChange): Promise<Head | null | "conflict"> {
    const due: Change[] = [
      ...drop.map((item) => ({ kind: "delete" as const, rowKey: rowKeys.due(item) })),
      ...put.map((item) => ({
        kind: "upsert" as const,
        rowKey: rowKeys.due(item),
        properties: toJsonProperties(item),
      })),
    ];
    if (head === undefined) {
      await this.#writeDue(due);
      return null;
    }
    return this.#writeHead(head, due);
  }

  async saveProgress(progress: Progress): Promise<void> {
    let next = progress;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const etag = await this.#rows.put(
        rowKeys.progress,
        toJsonProperties(next),
        this.#progressEtag,
      );
      if (etag !== null) {
        this.#progressEtag = etag;
        return;
      }
      const stored = await this.#rows.get(rowKeys.progress);
      this.#progressEtag = stored?.etag ?? null;
      next = laterProgress(
        stored === null ? null : (fromJsonProperties(stored) as Progress),
        progress,
      );
    }
    throw new UpstreamError("state table", "other runs keep changing the watermark", true);
  }

  async prune(before: number): Promise<number> {
    const { from, to } = rowRanges.records;
    let pruned = 0;
    for (const row of await this.#rows.list(from, to, `lastAt lt ${Math.floor(before)}L`)) {
      // A head that changed meanwhile is no longer old.
      pruned += (await this.#rows.remove(row)) ? Number(row["count"]) : 0;
    }
    return pruned;
  }

  async #withArchive(head: StoredHead & { readonly version: string }): Promise<Head> {
    const prefix = rowKeys.archivePrefix(head.subject);
    const bursts = new Map<string, RecordedBurst>();
    const deliveries: Record<string, Delivery> = {};
    const archived: Record<string, string> = {};
    for (const row of await this.#rows.list(prefix, `${prefix}~`)) {
      const stored = fromJsonProperties(row) as Pick<StoredHead, "bursts" | "deliveries">;
      for (const burst of stored.bursts) {
        bursts.set(burst.id, burst);
        archived[burst.id] = contentOf(burst, stored.deliveries[burst.id]);
      }
      Object.assign(deliveries, stored.deliveries);
    }
    // A burst that changed after it was archived is in the head again, and that is what holds.
    head.bursts.forEach((burst) => bursts.set(burst.id, burst));
    Object.assign(deliveries, head.deliveries);
    return { ...head, bursts: [...bursts.values()], deliveries, archived };
  }

  async #writeHead(head: Head, due: readonly Change[]): Promise<Head | "conflict"> {
    const { stored, archive } = this.#split(head);
    const writeId = randomUUID();
    const properties = { ...describe(stored), writeId };
    const rowKey = rowKeys.head(head.subject);
    const change: Change =
      head.version === null
        ? { kind: "create", rowKey, properties }
        : { kind: "replace", rowKey, properties, etag: head.version };
    const changes = [change, ...archive, ...due];
    if (changes.length > changesAtOnce) {
      throw new RangeError(
        `${changes.length} changes of one subject are more than a transaction holds`,
      );
    }
    const etags = await this.#rows.transact(changes);
    if (etags !== null) {
      return { ...head, version: etags[0] ?? null };
    }
    const found = await this.#rows.get(rowKey);
    if (found !== null && found["writeId"] === writeId) {
      // It was stored, only the answer was lost and the retry met our own row.
      return { ...head, version: found.etag };
    }
    const isUnchanged = (found?.etag ?? null) === head.version;
    const withoutDrops = due.filter(({ kind }) => kind !== "delete");
    if (isUnchanged && withoutDrops.length < due.length) {
      // What should be dropped is gone already, which fails a transaction as a whole.
      await this.#writeDue(due.filter(({ kind }) => kind === "delete"));
      return this.#writeHead(head, withoutDrops);
    }
    return "conflict";
  }

  async #writeDue(changes: readonly Change[]): Promise<void> {
    for (let start = 0; start < changes.length; start += changesAtOnce) {
      const batch = changes.slice(start, start + changesAtOnce);
      if ((await this.#rows.transact(batch)) === null) {
        for (const change of batch) {
          await this.#rows.transact([change]);
        }
      }
    }
  }

  /** Keeps a head small: the oldest of what nobody is sending moves to rows of its own, which are never changed. */
  #split(head: Head): { readonly stored: StoredHead; readonly archive: readonly Change[] } {
    const { subject, deliveries, archived = {} } = head;
    const live = head.bursts
      .filter((burst) => archived[burst.id] !== contentOf(burst, deliveries[burst.id]))
      .toSorted((a, b) => a.extent.to - b.extent.to);
    let archivedTo = head.archivedTo ?? null;
    const archive: Change[] = [];
    while (JSON.stringify([live, pick(deliveries, live)]).length > longestHead && live.length > 1) {
      const moved = live.splice(0, Math.min(burstsPerArchive, Math.ceil(live.length / 2)));
      archivedTo = moved.reduce(
        (latest, { extent }) => Math.max(latest, extent.to),
        archivedTo ?? 0,
      );
      const content = {
        subject,
        bursts: moved,
        deliveries: pick(deliveries, moved),
        archivedTo: null,
      };
      archive.push({
        kind: "upsert",
        rowKey: `${rowKeys.archivePrefix(subject)}${randomUUID()}`,
        properties: describe(content),
      });
    }
    return {
      stored: { subject, bursts: live, deliveries: pick(deliveries, live), archivedTo },
      archive,
    };
  }
}

function contentOf(burst: RecordedBurst, delivery: Delivery | undefined): string {
  return JSON.stringify([burst, delivery ?? null]);
}

function pick(
  deliveries: Readonly<Record<string, Delivery>>,
  bursts: readonly RecordedBurst[],
): Readonly<Record<string, Delivery>> {
  return Object.fromEntries(
    bursts.flatMap(({ id }) => {
      const delivery = deliveries[id];
      return delivery === undefined ? [] : [[id, delivery] as const];
    }),
  );
}

/** Columns for pruning beside the content. */
function describe(stored: StoredHead): object {
  const lastAt = stored.bursts.reduce((latest, { extent }) => Math.max(latest, extent.to), 0);
  return {
    lastAt: { type: "Int64", value: String(lastAt) },
    count: stored.bursts.length,
    ...toJsonProperties(stored),
  };
}
