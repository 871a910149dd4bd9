import type { Subject } from "../../detection/decisions/record.ts";
import type { DueItem, SubjectRecord } from "../../run/ports.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import { inFamily, joinFamily } from "../families.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { rowKeys } from "./stateKeys.ts";
import { describe, readVersion, storedSubject } from "./storedHead.ts";
import { roomFor, type Change, type TableRows } from "./tableRows.ts";

/** Every other run that migrates at the same time can win once. */
const attempts = 8;

/** Empties a record that another one took over. It stays, so that a concurrent write to it is refused. */
export function emptied({ subject, version }: Pick<SubjectRecord, "subject" | "version">): Change {
  const { etag, archives } = readVersion(version);
  const nothing = { subject: storedSubject(subject), bursts: [], deliveries: {}, archivedTo: null };
  return {
    kind: "replace",
    rowKey: rowKeys.head(subject),
    properties: describe({ ...nothing, archives, emptied: true }),
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

/** Moves the record of a rule to that of its family, so that both are judged together from now on. */
export async function moveToFamily(
  subject: Subject,
  {
    read,
    write,
  }: {
    readonly read: (subject: Subject) => Promise<SubjectRecord>;
    readonly write: (head: SubjectRecord) => Promise<SubjectRecord | "conflict">;
  },
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const ofRule = await read(subject);
    if (ofRule.bursts.length === 0) {
      return;
    }
    const joined = joinFamily(await read(inFamily(subject)), ofRule);
    if ((await write(joined)) !== "conflict") {
      return;
    }
  }
  throw new UpstreamError("state table", "other runs keep changing the records of a rule", true);
}
