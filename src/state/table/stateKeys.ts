import { createHash } from "node:crypto";
import type { AccountId } from "../../detection/signin/account.ts";
import type { Subject } from "../../detection/decisions/record.ts";
import { watchlistKey } from "../../detection/rules/watchlists.ts";
import type { WatchlistColumn } from "../../detection/signin/selector.ts";
import type { DueItem } from "../../run/ports.ts";

/**
 * Keys of state rows. Anything from a log or a person is hashed: keys must not contain `/ \ # ?` or control
 * characters, which the client does not check, and nobody should be able to read names in them.
 *
 * The rows of a partition sort in this order, so that one range has everything for the start of a run: `0|…`
 * progress, `1|…` due items, `2|…` heads, `3|…` archived bursts, `5|…` owners of names, `6|…` what a dry run would
 * have opened, `7|…` watchlists as last read.
 */
export const rowKeys = {
  progress: "0|progress",
  /** Before the names, outside every range that is read. */
  firstSeen: "4|first seen",
  duePrefix: (subject: Subject) => `1|${hashSubject(subject)}|`,
  due: ({ subject, burstId }: DueItem) => `1|${hashSubject(subject)}|${burstId}`,
  head: (subject: Subject) => `2|${hashSubject(subject)}`,
  archivePrefix: (subject: Subject) => `3|${hashSubject(subject)}|`,
  /** Sorted by number. */
  archive: (subject: Subject, number: number) =>
    `3|${hashSubject(subject)}|${String(number).padStart(9, "0")}`,
  alias: ({ tenantId, user }: AccountId) => `5|${hashKey(JSON.stringify([tenantId, user]))}`,
  finding: (id: string) => `6|${id}`,
  watchlist: (column: WatchlistColumn) => `7|${hashKey(watchlistKey(column))}`,
} as const;

/** The end of the progress and due rows, and the ranges of the others. `plain` rows are deleted as a whole. */
export const rowRanges = {
  opening: { from: "0", to: "2" },
  heads: { from: "2", to: "3" },
  findings: { from: "6", to: "7" },
  plain: { from: "5", to: "7" },
  records: { from: "2", to: "4" },
  watchlists: { from: "7", to: "8" },
  /** Every row that shows that an account is known: heads and owners, and the few archives between them. */
  known: { from: "2", to: "6" },
} as const;

/** Names of the partitions for real runs, for runs with `DRY_RUN`, and for a backfill that is a dry run. */
export const partitions = {
  real: (workspaceId: string) => workspaceId,
  dryRun: (workspaceId: string) => `dry run ${workspaceId}`,
  dryBackfill: (workspaceId: string, jobId: string) => `dry run ${workspaceId} ${jobId}`,
} as const;

export function hashKey(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function hashSubject({ rule, workspaceId, tenantId, user }: Subject): string {
  return hashKey(JSON.stringify([rule, workspaceId, tenantId, user]));
}
