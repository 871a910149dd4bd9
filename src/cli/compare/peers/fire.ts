import type { Peer } from "./peer.ts";
import type { PeerRow } from "./peerRow.ts";

const day = 86_400_000;

/** One time that a rule fires: its rows, oldest first. */
export interface Fired {
  readonly rows: readonly PeerRow[];
}

/** How long after a row an ordered success still belongs to it. */
const successWithin = (bins: Peer["bins"]) => (bins.kind === "sequence" ? bins.ms : Infinity);

/** Runs the model of a rule over the rows of one user. */
export function fire(peer: Peer, rows: readonly PeerRow[]): readonly Fired[] {
  return groupsOf(peer, rows).flatMap((group) => fireGroup(peer, group));
}

/** Rows of one key, and of one bin where the bins are fixed, in order of publication. */
function groupsOf({ key, bins }: Peer, rows: readonly PeerRow[]): readonly PeerRow[][] {
  const groups = new Map<string, PeerRow[]>();
  for (const row of rows.toSorted((a, b) => a.publishedAt - b.publishedAt)) {
    const name = JSON.stringify([key(row), binOf(bins, row)]);
    const group = groups.get(name) ?? [];
    group.push(row);
    groups.set(name, group);
  }
  return [...groups.values()];
}

function binOf(bins: Peer["bins"], { publishedAt }: PeerRow): number {
  switch (bins.kind) {
    case "fixed":
      return Math.floor(publishedAt / bins.ms);
    case "day":
      return Math.floor(publishedAt / day);
    case "row":
    case "sequence":
    case "all":
      return 0;
  }
}

function fireGroup(peer: Peer, group: readonly PeerRow[]): readonly Fired[] {
  const { bins, counts, threshold } = peer;
  const counted = group.filter((row) => counts(row) > 0);
  switch (bins.kind) {
    case "row":
      return counted.map((row) => ({ rows: [row] }));
    case "sequence":
      return sequences(peer, counted, group, bins.ms);
    case "fixed":
    case "all":
    case "day": {
      const total = counted.reduce((sum, row) => sum + counts(row), 0);
      const fits = bins.kind !== "day" || spanOf(group.filter(({ isMfa }) => isMfa)) <= bins.spanMs;
      return total >= threshold && fits && hasSuccess(peer, counted, group)
        ? [{ rows: counted }]
        : [];
    }
  }
}

function spanOf(rows: readonly PeerRow[]): number {
  return (rows.at(-1)?.publishedAt ?? 0) - (rows[0]?.publishedAt ?? 0);
}

/** Each row that ends a sequence of as many as the threshold within the span; those that overlap fire once. */
function sequences(
  peer: Peer,
  counted: readonly PeerRow[],
  group: readonly PeerRow[],
  spanMs: number,
): readonly Fired[] {
  const fired: PeerRow[][] = [];
  counted.forEach((last, index) => {
    const rows = counted.slice(Math.max(0, index + 1 - peer.threshold), index + 1);
    if (rows.length < peer.threshold || spanOf(rows) > spanMs || !hasSuccess(peer, rows, group)) {
      return;
    }
    const before = fired.at(-1);
    if (before !== undefined && rows.some((row) => before.includes(row))) {
      before.push(last);
    } else {
      fired.push([...rows]);
    }
  });
  return fired.map((rows) => ({ rows }));
}

function hasSuccess(
  { success, bins }: Peer,
  counted: readonly PeerRow[],
  group: readonly PeerRow[],
): boolean {
  if (success === undefined) {
    return true;
  }
  const first = counted[0]?.publishedAt ?? Infinity;
  const last = counted.at(-1)?.publishedAt ?? Infinity;
  return group.some(
    (row) =>
      success.is(row) &&
      (success.order === "any" ||
        (row.publishedAt >= last && row.publishedAt - first <= successWithin(bins))),
  );
}
