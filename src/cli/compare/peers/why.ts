import { fire } from "./fire.ts";
import type { Peer } from "./peer.ts";
import type { PeerRow } from "./peerRow.ts";

/** Why a public rule misses a burst. */
export const missWords = {
  countsNone: "counts none of its rows",
  late: "places a late row in another span",
  edge: "an edge of a bin splits it",
  key: "its key splits it",
  span: "other MFA rows of the day make it too long",
  success: "wants an approval that is not there",
  few: "counts too few",
} as const;

export type Miss = keyof typeof missWords;

/**
 * Finds the one obstacle that kept the rule from catching a burst. It removes each obstacle by itself, in turn.
 *
 * @param rows of the burst's user, around the burst
 * @param isOfBurst reports whether a row belongs to the burst itself
 */
export function whyMissed(
  peer: Peer,
  rows: readonly PeerRow[],
  isOfBurst: (row: PeerRow) => boolean = () => true,
): Miss {
  const made = peer.makes?.(rows) ?? rows;
  if (made.filter(isOfBurst).every((row) => peer.counts(row) === 0)) {
    return "countsNone";
  }
  const without: readonly (readonly [Miss, Peer, readonly PeerRow[]])[] = [
    ["late", peer, rows.map(atOnce)],
    ["edge", withoutEdges(peer), rows],
    ["span", peer.bins.kind === "day" ? { ...peer, bins: { kind: "fixed", ms: day } } : peer, rows],
    ["key", { ...peer, key: ({ user }) => user }, rows],
    ["success", withoutSuccess(peer), rows],
  ];
  const found = without.find(([, changed, given]) =>
    fire(changed, given).some((fired) => fired.rows.some(isOfBurst)),
  );
  return found?.[0] ?? "few";
}

const day = 86_400_000;

/** Returns the row as if it had been published when the sign-in happened. */
function atOnce(row: PeerRow): PeerRow {
  return { ...row, publishedAt: row.happenedAt, placedAt: row.happenedAt };
}

function withoutEdges(peer: Peer): Peer {
  return peer.bins.kind === "fixed"
    ? { ...peer, bins: { kind: "sequence", ms: peer.bins.ms } }
    : peer;
}

function withoutSuccess(peer: Peer): Peer {
  const { success: _, ...rest } = peer;
  return rest;
}

/** What is doubtful about a catch. */
export const catchWords = {
  otherOutcomes: "counts prompts that nobody refused",
  rows: "counts rows or steps of one prompt several times",
  before: "takes an approval that came before",
} as const;

export type Doubt = keyof typeof catchWords;

/** Returns the wrong reasons for which the rule may catch a burst. */
export function doubtsAbout(
  peer: Peer,
  rows: readonly PeerRow[],
  denials: { readonly count: number; readonly firstAt: number },
): readonly Doubt[] {
  const counted = (peer.makes?.(rows) ?? rows).filter((row) => peer.counts(row) > 0);
  const total = counted.reduce((sum, row) => sum + peer.counts(row), 0);
  const others = counted.filter((row) => ![row.status, ...row.steps].some(isRefusal));
  const { success } = peer;
  const approvals = success === undefined ? [] : rows.filter(success.is);
  const isEarly =
    approvals.length > 0 && approvals.every(({ happenedAt }) => happenedAt < denials.firstAt);
  return [
    ...(others.length > 0 ? (["otherOutcomes"] as const) : []),
    ...(total - others.length > denials.count ? (["rows"] as const) : []),
    ...(isEarly ? (["before"] as const) : []),
  ];
}

function isRefusal(text: string): boolean {
  return /declined the authentication|fraud|suspiciousactivityreported/.test(text);
}
