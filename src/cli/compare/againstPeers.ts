import { shownName } from "../../detection/signin/account.ts";
import { formatTime } from "../../detection/signin/time.ts";
import type { Reported } from "../../run/detectRecords.ts";
import { fire, type Fired } from "./peers/fire.ts";
import type { Peer } from "./peers/peer.ts";
import type { PeerRow } from "./peers/peerRow.ts";
import { doubtsAbout, whyMissed, type Doubt, type Miss } from "./peers/why.ts";

const minute = 60_000;
const day = 1_440 * minute;

/** Allows for the time from a sign-in, which a row gives, to the answered prompt, which a denial gives. */
const slackMs = 2 * minute;

/** How a public rule treats one of our findings. */
export interface PeerVerdict {
  readonly peer: string;
  readonly catches: boolean;
  /** How often it fires on the burst. */
  readonly alerts: number;
  readonly why: Miss | null;
  readonly doubts: readonly Doubt[];
}

export interface PeerTotals {
  readonly peer: string;
  readonly alerts: number;
  readonly catches: number;
  readonly misses: Readonly<Partial<Record<Miss, number>>>;
  /** Alerts that contain none of our findings. */
  readonly elsewhere: number;
}

export type PeerComparison = ReturnType<typeof againstPeers>;

/** Compares our findings with the alerts of public rules. */
export function againstPeers(
  findings: readonly Reported[],
  rows: readonly PeerRow[],
  peers: readonly Peer[],
) {
  const users = rowsByUser(rows);
  const fired = peers.map((peer) => ({
    peer,
    alerts: [...users.values()].flatMap((own) => fire(peer, own)),
  }));
  const bursts = findings.map((each) => {
    const { subject, finding } = each;
    const { facts, rules } = finding;
    const near = rowsOf(users, each).filter(isWithin(each, day));
    return {
      user: shownName(subject),
      rules: rules.map(({ id }) => id),
      denials: facts.denials,
      firstDenialAt: formatTime(facts.firstDenialAt),
      lastDenialAt: formatTime(facts.lastDenialAt),
      peers: peers.map((peer) => verdictOf(peer, each, near)),
    };
  });
  return {
    bursts,
    totals: fired.map(({ peer, alerts }) => totalsOf(peer, alerts, findings, bursts)),
  };
}

function rowsByUser(rows: readonly PeerRow[]): ReadonlyMap<string, readonly PeerRow[]> {
  // A row with only a name belongs to the id that other rows show for that name.
  const ids = new Map(rows.flatMap(({ user, name }) => (name === null ? [] : [[name, user]])));
  const users = new Map<string, PeerRow[]>();
  for (const row of rows) {
    const user = ids.get(row.user) ?? row.user;
    const own = users.get(user) ?? [];
    own.push(row);
    users.set(user, own);
  }
  return users;
}

function rowsOf(
  users: ReadonlyMap<string, readonly PeerRow[]>,
  { subject }: Reported,
): readonly PeerRow[] {
  return users.get(subject.user) ?? [];
}

function isWithin({ finding: { facts } }: Reported, slack: number): (row: PeerRow) => boolean {
  return ({ happenedAt }) =>
    happenedAt >= facts.firstDenialAt - slack && happenedAt <= facts.lastDenialAt + slack;
}

function verdictOf(peer: Peer, reported: Reported, near: readonly PeerRow[]): PeerVerdict {
  const isOfBurst = isWithin(reported, slackMs);
  const hits = fire(peer, near).filter(({ rows }) => rows.some(isOfBurst));
  const catches = hits.length > 0;
  const { denials: count, firstDenialAt: firstAt } = reported.finding.facts;
  return {
    peer: peer.id,
    catches,
    alerts: hits.length,
    why: catches ? null : whyMissed(peer, near, isOfBurst),
    doubts: catches ? doubtsAbout(peer, near.filter(isOfBurst), { count, firstAt }) : [],
  };
}

function totalsOf(
  { id }: Peer,
  alerts: readonly Fired[],
  findings: readonly Reported[],
  bursts: readonly { readonly peers: readonly PeerVerdict[] }[],
): PeerTotals {
  const verdicts = bursts.flatMap(({ peers }) => peers.filter(({ peer }) => peer === id));
  const misses: Partial<Record<Miss, number>> = {};
  for (const { why } of verdicts) {
    if (why !== null) {
      misses[why] = (misses[why] ?? 0) + 1;
    }
  }
  const isOurs = ({ rows }: Fired) =>
    findings.some(
      (each) =>
        rows.some((row) => row.user === each.subject.user || row.name === each.subject.user) &&
        rows.some(isWithin(each, slackMs)),
    );
  return {
    peer: id,
    alerts: alerts.length,
    catches: verdicts.filter(({ catches }) => catches).length,
    misses,
    elsewhere: alerts.filter((each) => !isOurs(each)).length,
  };
}
