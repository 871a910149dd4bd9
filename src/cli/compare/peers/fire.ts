import type { Peer } from "./peer.ts";
import type { PeerRow } from "./peerRow.ts";

const day = 86_400_000;

/** The rows on which a rule fired once, oldest first. */
export interface Fired {
  readonly rows: readonly PeerRow[];
}

/** Runs the model of a rule over the rows of one user. */
export function fire(peer: Peer, rows: readonly PeerRow[]): readonly Fired[] {
  return groupsOf(peer, peer.makes?.(rows) ?? rows).flatMap((group) => fireGroup(peer, group));
}

/** Groups rows by key and by bin. The rows of a group are in order of time. */
function groupsOf({ key, bins }: Peer, rows: readonly PeerRow[]): readonly PeerRow[][] {
  const groups = new Map<string, PeerRow[]>();
  for (const row of rows.toSorted((a, b) => a.placedAt - b.placedAt)) {
    const name = JSON.stringify([key(row), binOf(bins, row)]);
    const group = groups.get(name) ?? [];
    group.push(row);
    groups.set(name, group);
  }
  return [...groups.values()];
}

function binOf(bins: Peer["bins"], { placedAt }: PeerRow): number {
  switch (bins.kind) {
    case "fixed":
      return Math.floor(placedAt / bins.ms);
    case "day":
      return Math.floor(placedAt / day);
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
      return sequences(peer, counted, group, bins);
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
  return (rows.at(-1)?.placedAt ?? 0) - (rows[0]?.placedAt ?? 0);
}

function publicationsWithin(rows: readonly PeerRow[], ms: number): boolean {
  const times = rows.map(({ publishedAt }) => publishedAt);
  return Math.max(...times) - Math.min(...times) <= ms;
}

/** Finds sequences of as many rows as the threshold within the span. Sequences that overlap fire once. */
function sequences(
  peer: Peer,
  counted: readonly PeerRow[],
  group: readonly PeerRow[],
  { ms, lookBackMs = Infinity }: Extract<Peer["bins"], { kind: "sequence" }>,
): readonly Fired[] {
  const fired: PeerRow[][] = [];
  counted.forEach((last, index) => {
    const rows = counted.slice(Math.max(0, index + 1 - peer.threshold), index + 1);
    const isSequence =
      rows.length === peer.threshold && spanOf(rows) <= ms && publicationsWithin(rows, lookBackMs);
    if (!isSequence || !hasSuccess(peer, rows, group)) {
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
  const first = counted[0]?.placedAt ?? Infinity;
  const last = counted.at(-1)?.placedAt ?? Infinity;
  const inSpan = bins.kind === "sequence" ? first + bins.ms : Infinity;
  const until = success.withinMs === undefined ? inSpan : last + success.withinMs;
  return group.some(
    (row) =>
      success.is(row) &&
      (success.order === "any" || (row.placedAt >= last && row.placedAt <= until)),
  );
}
