import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { TableClient } from "@azure/data-tables";
import type { RecordedBurst, Subject } from "../../detection/decisions/record.ts";
import { deliveriesOf, laterProgress } from "../memoryStore.ts";
import type {
  Delivery,
  DueItem,
  Head,
  Opening,
  Progress,
  StateChange,
  StateStore,
} from "../../run/ports.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { hashKey, rowKeys, rowRanges } from "./stateKeys.ts";
import { roomFor, TableRows, type Change, type Row } from "./tableRows.ts";

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
  /** Archive rows that were ever made: the number of the next one, so that later ones come later. */
  readonly archives: number;
}

type ArchiveRow = Pick<StoredHead, "subject" | "bursts" | "deliveries">;

/**
 * State in Azure Table Storage, one partition a workspace. A head and what is due for it change in one
 * transaction; a head is only replaced as it was read.
 */
export class TableState implements StateStore {
  readonly #rows: TableRows;
  /** The progress as it was last seen in the table, and the etag that it had there. */
  #seen: { readonly progress: Progress | null; readonly etag: string | null } = {
    progress: null,
    etag: null,
  };

  /** @param name of the partition: the workspace; another one for a dry run, which must not touch it */
  constructor(client: TableClient, name: string, signal?: AbortSignal) {
    this.#rows = new TableRows(client, hashKey(name), signal);
  }

  async open(): Promise<Opening> {
    const rows = await this.#rows.list(rowRanges.opening.from, rowRanges.opening.to);
    const due: DueItem[] = [];
    let progress: Progress | null = null;
    for (const row of rows) {
      if (row.rowKey === rowKeys.progress) {
        progress = fromJsonProperties(row) as Progress;
        this.#seen = { progress, etag: row.etag };
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

  /** When this was first asked for (epoch ms): now, unless it is stored. For an app that never ran. */
  async firstSeenAt(now: number): Promise<number> {
    const stored = await this.#rows.get(rowKeys.firstSeen);
    const at = Number(stored?.["at"]);
    if (stored !== null && Number.isFinite(at)) {
      return at;
    }
    await this.#rows.put(rowKeys.firstSeen, { at: String(now) }, stored?.etag ?? null);
    return now;
  }

  async readHead(subject: Subject, from: number): Promise<Head> {
    const row = await this.#rows.get(rowKeys.head(subject));
    if (row === null) {
      return { subject, bursts: [], deliveries: {}, version: null };
    }
    const { archives, ...stored } = fromJsonProperties(row) as StoredHead;
    const head = { ...stored, version: versionOf(archives, row.etag) };
    return stored.archivedTo === null || stored.archivedTo < from ? head : this.#withArchive(head);
  }

  async write({ head, put = [], drop = [] }: StateChange): Promise<Head | null | "conflict"> {
    const changes: readonly Change[] = [
      ...drop.map((item) => ({ kind: "delete" as const, rowKey: rowKeys.due(item) })),
      ...put.map((item) => ({
        kind: "upsert" as const,
        rowKey: rowKeys.due(item),
        properties: toJsonProperties(item),
      })),
    ];
    // A transaction takes each row once; what is put holds.
    const due = [...new Map(changes.map((change) => [change.rowKey, change])).values()];
    if (head === undefined) {
      await this.#writeDue(due);
      return null;
    }
    return this.#writeHead(head, due);
  }

  async saveProgress(progress: Progress): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const next = laterProgress(this.#seen.progress, progress);
      if (isDeepStrictEqual(next, this.#seen.progress)) {
        return;
      }
      const etag = await this.#rows.put(rowKeys.progress, toJsonProperties(next), this.#seen.etag);
      if (etag !== null) {
        this.#seen = { progress: next, etag };
        return;
      }
      const stored = await this.#rows.get(rowKeys.progress);
      this.#seen =
        stored === null
          ? { progress: null, etag: null }
          : { progress: fromJsonProperties(stored) as Progress, etag: stored.etag };
      // Runs side by side would otherwise keep meeting at every attempt.
      await sleep(Math.random() * 100 * (attempt + 1));
    }
    throw new UpstreamError("state table", "other runs keep changing the watermark", true);
  }

  async prune(before: number): Promise<number> {
    const { from, to } = rowRanges.records;
    const past = `oldestAt lt ${Math.floor(before)}L`;
    let pruned = 0;
    for (const row of await this.#rows.list(from, to, past)) {
      pruned += await this.#pruneRow(row, before);
    }
    return pruned;
  }

  /** @returns how many bursts went; none where somebody changed the row meanwhile, which the next time looks at */
  async #pruneRow(row: Row, before: number): Promise<number> {
    const stored = fromJsonProperties(row) as ArchiveRow & Partial<StoredHead>;
    const bursts = stored.bursts.filter(({ extent }) => extent.to >= before);
    const kept = { ...stored, bursts, deliveries: deliveriesOf(bursts, stored.deliveries) };
    // A head leads to its archive, even one whose bursts are all there.
    const isEmpty = bursts.length === 0 && (stored.archivedTo ?? -Infinity) < before;
    const isDone = isEmpty
      ? await this.#rows.remove(row)
      : (await this.#rows.put(row.rowKey, describe(kept), row.etag)) !== null;
    return isDone ? stored.bursts.length - bursts.length : 0;
  }

  async #withArchive(head: Head): Promise<Head> {
    const prefix = rowKeys.archivePrefix(head.subject);
    const bursts = new Map<string, RecordedBurst>();
    const deliveries: Record<string, Delivery | undefined> = {};
    const archived: Record<string, string> = {};
    // In the order in which they were made: a burst that changed and was archived again is in a later row.
    for (const row of await this.#rows.list(prefix, `${prefix}~`)) {
      const stored = fromJsonProperties(row) as ArchiveRow;
      for (const burst of stored.bursts) {
        const delivery = stored.deliveries[burst.id];
        bursts.set(burst.id, burst);
        deliveries[burst.id] = delivery;
        archived[burst.id] = contentOf(burst, delivery);
      }
    }
    // A burst that changed after it was archived is in the head again, and that is what holds.
    for (const burst of head.bursts) {
      bursts.set(burst.id, burst);
      deliveries[burst.id] = head.deliveries[burst.id];
    }
    const all = [...bursts.values()];
    return { ...head, bursts: all, deliveries: deliveriesOf(all, deliveries), archived };
  }

  async #writeHead(head: Head, due: readonly Change[]): Promise<Head | "conflict"> {
    const read = readVersion(head.version);
    const { stored, archive, moved } = split(head, read.archives);
    const writeId = randomUUID();
    const rowKey = rowKeys.head(head.subject);
    const properties = { ...describe(stored), writeId };
    const change: Change =
      read.etag === null
        ? { kind: "create", rowKey, properties }
        : { kind: "replace", rowKey, properties, etag: read.etag };
    // What is more than a transaction holds is stored before: without the head it asks for nothing that the
    // same judgement, which is made again, would not ask for.
    const room = roomFor(due, [change, ...archive]);
    await this.#writeDue(due.slice(room));
    const etags = await this.#rows.transact([change, ...archive, ...due.slice(0, room)]);
    const written = (etag: string | null): Head => ({
      ...head,
      archived: { ...head.archived, ...moved },
      archivedTo: stored.archivedTo,
      version: etag === null ? null : versionOf(stored.archives, etag),
    });
    if (etags !== null) {
      return written(etags[0] ?? null);
    }
    const found = await this.#rows.get(rowKey);
    if (found !== null && found["writeId"] === writeId) {
      // It was stored, only the answer was lost and the retry met our own row.
      return written(found.etag);
    }
    if ((found?.etag ?? null) !== read.etag) {
      return "conflict";
    }
    // To drop what is gone already fails a transaction as a whole.
    const present = await this.#withoutGone(due);
    return present.length < due.length ? this.#writeHead(head, present) : "conflict";
  }

  async #withoutGone(due: readonly Change[]): Promise<readonly Change[]> {
    const present: Change[] = [];
    for (const change of due) {
      if (change.kind !== "delete" || (await this.#rows.get(change.rowKey)) !== null) {
        present.push(change);
      }
    }
    return present;
  }

  async #writeDue(changes: readonly Change[]): Promise<void> {
    for (let left = changes; left.length > 0;) {
      const batch = left.slice(0, Math.max(1, roomFor(left)));
      left = left.slice(batch.length);
      if ((await this.#rows.transact(batch)) === null) {
        for (const change of batch) {
          await this.#rows.transact([change]);
        }
      }
    }
  }
}

/** How many archive rows there were travels with the etag, since only both together name what was read. */
function versionOf(archives: number, etag: string): string {
  return `${archives}|${etag}`;
}

function readVersion(version: string | null): {
  readonly archives: number;
  readonly etag: string | null;
} {
  const [archives = "0", ...etag] = (version ?? "").split("|");
  return version === null
    ? { archives: 0, etag: null }
    : { archives: Number(archives), etag: etag.join("|") };
}

interface Split {
  readonly stored: StoredHead;
  readonly archive: readonly Change[];
  /** What is in the archive now, as `Head.archived`. */
  readonly moved: Readonly<Record<string, string>>;
}

/** Keeps a head small: its oldest bursts move to rows of their own, which are not changed any more. */
function split(head: Head, archivesBefore: number): Split {
  const { subject, deliveries, archived = {} } = head;
  const live = head.bursts
    .filter((burst) => archived[burst.id] !== contentOf(burst, deliveries[burst.id]))
    .toSorted((a, b) => a.extent.to - b.extent.to);
  const moved: Record<string, string> = {};
  const archive: Change[] = [];
  let archivedTo = head.archivedTo ?? null;
  let archives = archivesBefore;
  while (
    JSON.stringify([live, deliveriesOf(live, deliveries)]).length > longestHead &&
    live.length > 1
  ) {
    const bursts = live.splice(0, Math.min(burstsPerArchive, Math.ceil(live.length / 2)));
    for (const burst of bursts) {
      archivedTo = Math.max(archivedTo ?? 0, burst.extent.to);
      moved[burst.id] = contentOf(burst, deliveries[burst.id]);
    }
    archive.push({
      kind: "upsert",
      rowKey: rowKeys.archive(subject, archives++),
      properties: describe({ subject, bursts, deliveries: deliveriesOf(bursts, deliveries) }),
    });
  }
  const stored = {
    subject,
    bursts: live,
    deliveries: deliveriesOf(live, deliveries),
    archivedTo,
    archives,
  };
  return { stored, archive, moved };
}

function contentOf(burst: RecordedBurst, delivery: Delivery | undefined): string {
  return JSON.stringify([burst, delivery ?? null]);
}

/** A column for pruning beside the content. */
function describe(stored: ArchiveRow & Partial<StoredHead>): object {
  const ends = stored.bursts.map(({ extent }) => extent.to);
  const oldestAt = ends.length === 0 ? (stored.archivedTo ?? 0) : Math.min(...ends);
  return {
    oldestAt: { type: "Int64", value: String(Math.floor(oldestAt)) },
    ...toJsonProperties(stored),
  };
}
