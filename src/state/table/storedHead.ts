import type { RecordedBurst, Subject } from "../../detection/decisions/record.ts";
import type { Delivery, SubjectRecord } from "../../run/ports.ts";
import { deliveriesOf } from "../memoryStore.ts";
import { toJsonProperties } from "./jsonProperties.ts";
import { rowKeys } from "./stateKeys.ts";
import type { Change } from "./tableRows.ts";

/**
 * Length of a head's JSON above which settled bursts move to the archive, in characters. A property has at most
 * 32,000.
 */
const longestHead = 24_000;

/** Maximum number of bursts in an archive row, at about 700 characters each. */
const burstsPerArchive = 40;

export interface StoredHead {
  readonly subject: Subject;
  readonly bursts: readonly RecordedBurst[];
  readonly deliveries: Readonly<Record<string, Delivery>>;
  /** The latest time of an archived burst (epoch ms); null if none is archived. */
  readonly archivedTo: number | null;
  /** The number of archive rows ever created. It is the number of the next one, so that later ones sort later. */
  readonly archives: number;
  /** Another record took over the bursts of this one. */
  readonly emptied?: true;
}

export type ArchiveRow = Pick<StoredHead, "subject" | "bursts" | "deliveries">;

/** The version includes the number of archive rows, because only both together identify what was read. */
export function versionOf(archives: number, etag: string): string {
  return `${archives}|${etag}`;
}

export function readVersion(version: string | null): {
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
  /** The current content of the archive, as in `Head.archived`. */
  readonly moved: Readonly<Record<string, string>>;
}

/** Keeps a head small by moving its oldest bursts to separate rows, which never change again. */
export function split(head: SubjectRecord, archivesBefore: number): Split {
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
    subject: storedSubject(subject),
    bursts: live,
    deliveries: deliveriesOf(live, deliveries),
    archivedTo,
    archives,
  };
  return { stored, archive, moved };
}

export function contentOf(burst: RecordedBurst, delivery: Delivery | undefined): string {
  return JSON.stringify([burst, delivery ?? null]);
}

/** Returns the stored part of a subject. Its aliases are read with it each time. */
export function storedSubject({ rule, workspaceId, tenantId, user, names = [] }: Subject): Subject {
  return { rule, workspaceId, tenantId, user, ...(names.length > 0 && { names }) };
}

/** Adds a column for pruning beside the content. */
export function describe(stored: ArchiveRow & Partial<StoredHead>): object {
  const ends = stored.bursts.map(({ extent }) => extent.to);
  const oldestAt = ends.length === 0 ? (stored.archivedTo ?? 0) : Math.min(...ends);
  return {
    oldestAt: { type: "Int64", value: String(Math.floor(oldestAt)) },
    ...toJsonProperties(stored),
  };
}
