import { createHash } from "node:crypto";
import type { Subject } from "../../detection/decisions/record.ts";
import type { DueItem } from "../../run/ports.ts";

/**
 * Keys of state rows. Whatever comes from a log or a person is hashed: keys must not hold `/ \ # ?` or
 * control characters, which the client does not check, and nobody should read names in them.
 *
 * Rows of one partition are in this order, so that one range read brings what a run begins with:
 * `0|…` progress, `1|…` what is due, `2|…` heads, `3|…` archived bursts.
 */
export const rowKeys = {
  progress: "0|progress",
  /** After all ranges that are read. */
  firstSeen: "4|first seen",
  due: ({ subject, burstId }: DueItem) => `1|${hashSubject(subject)}|${burstId}`,
  head: (subject: Subject) => `2|${hashSubject(subject)}`,
  archivePrefix: (subject: Subject) => `3|${hashSubject(subject)}|`,
  /** In the order of their numbers. */
  archive: (subject: Subject, number: number) =>
    `3|${hashSubject(subject)}|${String(number).padStart(9, "0")}`,
} as const;

/** Where the progress and due rows end, and where heads and archives lie. */
export const rowRanges = {
  opening: { from: "0", to: "2" },
  records: { from: "2", to: "4" },
} as const;

export function hashKey(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function hashSubject({ rule, workspaceId, tenantId, user }: Subject): string {
  return hashKey(JSON.stringify([rule, workspaceId, tenantId, user]));
}
