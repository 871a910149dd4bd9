import type { RecordedBurst, Subject } from "../../src/detection/decisions/record.ts";
import type { DueItem, SubjectRecord, Progress, StateStore } from "../../src/run/ports.ts";
import { tenantId, time, workspaceId } from "../builders.ts";

export const minute = 60_000;
export const day = 1_440 * minute;
export const start = time("09:00:00");

export function subjectOf(user: string, more: Partial<Subject> = {}): Subject {
  return { rule: "explicit-mfa-deny", workspaceId, tenantId, user, ...more };
}

/** The n-th of a user's bursts, an hour apart; five denials in a minute. */
export function burst(n: number, more: Partial<RecordedBurst> = {}): RecordedBurst {
  const from = start + n * 60 * minute;
  const to = from + minute;
  return {
    id: `00000000-0000-5000-8000-${String(n).padStart(12, "0")}`,
    firstRecordedAt: from,
    extent: { from, to },
    kind: "sliding",
    windowMs: 15 * minute,
    facts: {
      denials: 5,
      atLeast: false,
      fraudReports: 0,
      firstDenialAt: from,
      triggeredAt: to,
      lastDenialAt: to,
      severity: "Medium",
      approval: { at: to + minute, match: "same-address" },
    },
    mergedInto: null,
    revision: 1,
    severitySince: 1,
    ...more,
  };
}

export function due(
  subject: Subject,
  { id }: Pick<RecordedBurst, "id">,
  more: Partial<DueItem> = {},
): DueItem {
  return {
    subject,
    burstId: id,
    dueAt: start,
    attempts: 0,
    lane: "live",
    incident: null,
    mergedInto: null,
    watch: { from: start, to: start + minute, until: start + 2 * day },
    ...more,
  };
}

/** With all that an incident can carry, as long as the platform takes it. */
export function wholeDue(subject: Subject, of: RecordedBurst): DueItem {
  return due(subject, of, {
    attempts: 3,
    lane: "backfill",
    incident: {
      id: of.id,
      revision: of.revision,
      text: {
        title: `Denied MFA prompts: ${subject.user}`,
        description: `“quoted” \\ / # ? \u0007 ${"é漢🔐".repeat(1_250)}`,
        severity: "High",
        labels: ["approved-after", "T1621"],
        firstActivityAt: of.extent.from,
        lastActivityAt: of.extent.to,
      },
      tasks: [{ title: "Call the user", description: "Not by the number in the log." }],
      change: "It grew.",
      summary: {
        rule: { id: subject.rule, name: "A rule", techniques: ["T1621"] },
        subject,
        reason: "grew",
        facts: of.facts,
        evidence: {
          userId: null,
          guest: true,
          ipAddresses: ["192.0.2.1"],
          applications: ["\u0007"],
          userAgents: [],
          locations: ["Berlin, DE"],
        },
        severitySince: of.revision,
      },
      sentRevision: 1,
    },
    mergedInto: burst(1).id,
  });
}

export function progress(publishedTo: number, more: Partial<Progress> = {}): Progress {
  return {
    publishedTo,
    lastRunAt: start,
    lastSuccessAt: start,
    lastError: null,
    pending: 0,
    ...more,
  };
}

/** A write that must succeed. */
export async function written(
  store: StateStore,
  head: SubjectRecord,
  more: { readonly put?: readonly DueItem[]; readonly drop?: readonly DueItem[] } = {},
): Promise<SubjectRecord> {
  const stored = await store.write({ head, ...more });
  if (stored === null || stored === "conflict") {
    throw new Error(`not written: ${String(stored)}`);
  }
  return stored;
}

/** Adds bursts to the record. */
export async function record(
  store: StateStore,
  subject: Subject,
  ...bursts: readonly RecordedBurst[]
): Promise<SubjectRecord> {
  const head = await store.readHead(subject, -Infinity);
  const ids = new Set(bursts.map(({ id }) => id));
  const others = head.bursts.filter(({ id }) => !ids.has(id));
  return written(store, { ...head, bursts: [...others, ...bursts] });
}

export async function recorded(
  store: StateStore,
  subject: Subject,
  from = -Infinity,
): Promise<readonly RecordedBurst[]> {
  const { bursts } = await store.readHead(subject, from);
  return bursts.toSorted((a, b) => a.extent.from - b.extent.from);
}

export async function dueIds(store: StateStore): Promise<readonly string[]> {
  return (await store.open()).due.map(({ burstId }) => burstId);
}
