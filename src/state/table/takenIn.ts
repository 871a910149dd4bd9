import type { DueItem, SubjectRecord } from "../../run/ports.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { rowKeys } from "./stateKeys.ts";
import { describe, readVersion, storedSubject } from "./storedHead.ts";
import { roomFor, type Change, type TableRows } from "./tableRows.ts";

/** Empties a record that another one took over. It stays, so that a concurrent write to it is refused. */
export function emptied({ subject, version }: Pick<SubjectRecord, "subject" | "version">): Change {
  const { etag, archives } = readVersion(version);
  const nothing = { subject: storedSubject(subject), bursts: [], deliveries: {}, archivedTo: null };
  return {
    kind: "replace",
    rowKey: rowKeys.head(subject),
    properties: describe({ ...nothing, archives }),
    etag: etag ?? "",
  };
}

/**
 * Moves the due items of the records that a head took over to the head. Items that do not fit into the transaction
 * stay, and lead whoever sends them to the head anyway.
 */
export async function takenDue(
  rows: TableRows,
  { subject, takenIn = [] }: Pick<SubjectRecord, "subject" | "takenIn">,
  due: readonly Change[],
  beside: readonly Change[],
): Promise<readonly Change[]> {
  const known = new Set(due.map((change) => change.rowKey));
  let moves: readonly Change[] = [];
  for (const other of takenIn) {
    const prefix = rowKeys.duePrefix(other.subject);
    for (const row of await rows.list(prefix, `${prefix}~`)) {
      const item = { ...(fromJsonProperties(row) as DueItem), subject: storedSubject(subject) };
      const both: readonly Change[] = [
        { kind: "delete", rowKey: row.rowKey },
        { kind: "upsert", rowKey: rowKeys.due(item), properties: toJsonProperties(item) },
      ];
      const more = [...moves, ...both.filter((change) => !known.has(change.rowKey))];
      if (roomFor(more, [...beside, ...due]) === more.length) {
        moves = more;
      }
    }
  }
  return moves;
}
