import { deliveriesOf } from "../memoryStore.ts";
import { fromJsonProperties } from "./jsonProperties.ts";
import { rowRanges } from "./stateKeys.ts";
import { describe, type ArchiveRow, type StoredHead } from "./storedHead.ts";
import type { Row, TableRows } from "./tableRows.ts";

/**
 * Removes the bursts that ended before a time, and the plain rows that are older.
 *
 * @param before epoch milliseconds
 * @returns the number of bursts removed
 */
export async function pruneRecords(rows: TableRows, before: number): Promise<number> {
  const { from, to } = rowRanges.records;
  const past = `oldestAt lt ${Math.floor(before)}L`;
  let pruned = 0;
  for (const row of await rows.list(from, to, past)) {
    pruned += await pruneRow(rows, row, before);
  }
  for (const row of await rows.list(rowRanges.plain.from, rowRanges.plain.to, past)) {
    await rows.remove(row);
  }
  return pruned;
}

/**
 * @returns the number of bursts removed; 0 if somebody changed the row in the meantime, which the next pruning
 *   handles
 */
async function pruneRow(rows: TableRows, row: Row, before: number): Promise<number> {
  const stored = fromJsonProperties(row) as ArchiveRow & Partial<StoredHead>;
  const bursts = stored.bursts.filter(({ extent }) => extent.to >= before);
  const kept = { ...stored, bursts, deliveries: deliveriesOf(bursts, stored.deliveries) };
  // A head refers to its archive, even if all its bursts are there.
  const isEmpty = bursts.length === 0 && (stored.archivedTo ?? -Infinity) < before;
  const isDone = isEmpty
    ? await rows.remove(row)
    : (await rows.put(row.rowKey, describe(kept), row.etag)) !== null;
  return isDone ? stored.bursts.length - bursts.length : 0;
}
