import { roomFor, type Change, type TableRows } from "./tableRows.ts";

/** Returns the changes without deletions of rows that no longer exist. */
export async function withoutGone(
  rows: TableRows,
  changes: readonly Change[],
): Promise<readonly Change[]> {
  const present: Change[] = [];
  for (const change of changes) {
    if (change.kind !== "delete" || (await rows.get(change.rowKey)) !== null) {
      present.push(change);
    }
  }
  return present;
}

/** Writes changes in as few transactions as possible. If one is refused, its changes are written one by one. */
export async function writeDue(rows: TableRows, changes: readonly Change[]): Promise<void> {
  for (let left = changes; left.length > 0;) {
    const batch = left.slice(0, Math.max(1, roomFor(left)));
    left = left.slice(batch.length);
    if ((await rows.transact(batch)) === null) {
      for (const change of batch) {
        await rows.transact([change]);
      }
    }
  }
}
