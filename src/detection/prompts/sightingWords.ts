import { promptOutcomes } from "../signin/outcome.ts";
import { sightingSources, type Sighting } from "../signin/sighting.ts";
import { detailsKinds, requestSources } from "../signin/signIn.ts";

/** Words of an account: its key as given in rows, then the rows of its first and last sighting. */
export const account = { tenant: 0, user: 1, first: 2, last: 3, keyWords: 2, words: 4 } as const;

/** Words of a name given to an account in rows, and the latest time at which one did so. */
export const name = { account: 0, text: 1, seenAt: 2, keyWords: 2, words: 4 } as const;

export const origin = {
  userId: 0,
  ipAddress: 1,
  location: 2,
  application: 3,
  appId: 4,
  userAgent: 5,
  device: 6,
  guest: 7,
  userName: 8,
  words: 10,
} as const;

/**
 * Words of a sighting. The key is everything except the publication time, because a row delivered twice shows one
 * sighting. `what` has the number of its outcome, and bits. `next` has the row of the account's next sighting, if
 * any, and whether an earlier run had it.
 */
export const shown = {
  at: 0,
  askedAt: 2,
  second: 4,
  account: 6,
  request: 7,
  requestAlias: 8,
  method: 9,
  origin: 10,
  what: 11,
  keyWords: 12,
  next: 12,
  published: 14,
  words: 16,
} as const;

/** @param next a row, or -1 */
export function linkTo(next: number, isRecalled: boolean): number {
  return (next + 1) * 2 + (isRecalled ? 1 : 0);
}

/** A row without a publication time has always been there. */
export function publication({ publishedAt }: Sighting): number {
  return publishedAt ?? -Infinity;
}

/** The bits of `what`: four choices, each starting at its own bit, and two flags. */
const outcomeAt = 0;
const sourceAt = 4;
const detailsAt = 6;
const requestByAt = 8;
const isUnasked = 1 << 9;
const isLent = 1 << 10;

export function packWhat({
  outcome,
  source,
  details,
  requestBy,
  askedAt,
  lends,
}: Sighting): number {
  return (
    (promptOutcomes.indexOf(outcome) << outcomeAt) |
    (sightingSources.indexOf(source) << sourceAt) |
    (detailsKinds.indexOf(details) << detailsAt) |
    (requestSources.indexOf(requestBy) << requestByAt) |
    (askedAt === null ? isUnasked : 0) |
    (lends ? isLent : 0)
  );
}

/** Reads the parts of `what` one by one. A spread of all of them would be several times as slow. */
export const unpackWhat = {
  outcome: (what: number) => promptOutcomes[(what >>> outcomeAt) & 15] ?? "pending",
  source: (what: number) => sightingSources[(what >>> sourceAt) & 3] ?? "none",
  details: (what: number) => detailsKinds[(what >>> detailsAt) & 3] ?? "none",
  requestBy: (what: number) => requestSources[((what >>> requestByAt) & 1) === 0 ? 0 : 1],
  lends: (what: number) => (what & isLent) !== 0,
  isAsked: (what: number) => (what & isUnasked) === 0,
} as const;
