import type { RecordedBurst } from "../detection/decisions/record.ts";
import { claimedBy, undelivered } from "./claimedBy.ts";
import type { Claimed } from "./decideAccounts.ts";
import type { Detector } from "./detector.ts";
import { claimLength, isPending, type SendBudget } from "./sendBudget.ts";
import type { RunTotals } from "./runTotals.ts";
import type { Delivery, DueItem, SubjectRecord, StateChange } from "./ports.ts";
import type { SendFailure } from "./vitals.ts";

/** Wait after the n-th failure of an incident, in milliseconds. The last one applies to all later failures. */
const backoff = [5, 10, 20, 40, 60].map((minutes) => minutes * 60_000);

/**
 * A run stops after this many failures, even if its cap is lower. A low cap must not let a few failing incidents
 * block the ones behind them.
 */
const fewestFailures = 10;

/** A claim with less time left (ms) is renewed before anything is sent under it. */
const claimMargin = 60_000;

type Delivered = Pick<RunTotals, "sent" | "failed" | "errors">;

/** Sends what this run decided and has claimed. */
export async function deliverClaimed(
  detector: Detector,
  claimed: readonly Claimed[],
  sending: SendBudget,
  delivered: Delivered,
): Promise<void> {
  for (const { item, head } of claimed) {
    if (detector.clock.now() >= sending.until) {
      return;
    }
    await deliverItem(detector, item, head, sending, delivered);
  }
}

/** Sends what earlier runs left: oldest first, and findings of backfills last. */
export async function deliverOverdue(
  detector: Detector,
  due: readonly DueItem[],
  sending: SendBudget,
  delivered: Delivered,
): Promise<void> {
  const now = detector.clock.now();
  const ready = due
    .filter((item) => isPending(item) && item.dueAt <= now)
    // The sort is stable, and items come oldest first.
    .toSorted((a, b) => laneOrder(a) - laneOrder(b));
  // A failure does not count against the cap, so it needs a limit of its own. Otherwise a sink that is down would be
  // sent everything.
  const mostFailures = Math.max(fewestFailures, detector.maxIncidentsPerRun);
  for (const item of ready) {
    const isOver = sending.left <= 0 || delivered.failed >= mostFailures;
    if (isOver || detector.clock.now() >= sending.until) {
      return;
    }
    sending.left--;
    const head = await detector.store.readHead(item.subject, -Infinity);
    const worked = await deliverItem(detector, item, head, sending, delivered);
    sending.left += worked ? 0 : 1;
  }
}

function laneOrder({ lane }: DueItem): number {
  return lane === "live" ? 0 : 1;
}

/** @returns false if it did not count against the cap, because somebody else has it or it failed */
async function deliverItem(
  detector: Detector,
  item: DueItem,
  read: SubjectRecord,
  sending: SendBudget,
  delivered: Delivered,
): Promise<boolean> {
  const head = await claim(detector, item, read, sending);
  if (head === null) {
    return false;
  }
  const { sent, failures } = await send(detector, item, head);
  const errors = Object.values(failures);
  const since = item.failure?.since ?? detector.clock.now();
  const failure = errors.length > 0 ? { since, sinks: failures } : null;
  await settle(detector, { item, head, sent, owner: sending.owner, failure });
  if (item.lane === "live") {
    sending.outcomes.set(item.burstId, failure);
  }
  delivered.errors.push(...errors);
  delivered.failed += failure === null ? 0 : 1;
  delivered.sent += failure === null ? 1 : 0;
  return failure === null;
}

/** @returns the record under a claim that lasts, or null if another run is sending it or has changed it */
async function claim(
  detector: Detector,
  item: DueItem,
  head: SubjectRecord,
  { owner }: SendBudget,
): Promise<SubjectRecord | null> {
  const { store, clock } = detector;
  const now = clock.now();
  const delivery = deliveryOf(head, item);
  const { claim: held } = delivery;
  if (held !== null && held.owner === owner && held.until - now > claimMargin) {
    return head;
  }
  if (held !== null && held.owner !== owner && held.until > now) {
    return null;
  }
  const burst = head.bursts.find(({ id }) => id === item.burstId);
  if (burst === undefined) {
    await store.write({ head, drop: [item] });
    return null;
  }
  if (!tellsOf(item, burst)) {
    return null;
  }
  const until = now + claimLength;
  const claimed = claimedBy(detector, { owner, until }, delivery, item.incident);
  const stored = await store.write({ head: withDelivery(head, item.burstId, claimed) });
  return stored === "conflict" ? null : stored;
}

/** Reports whether the item is still current. It is not if another run recorded more after it was read. */
function tellsOf({ incident, mergedInto }: DueItem, burst: RecordedBurst): boolean {
  return (
    burst.mergedInto === mergedInto && (incident === null || incident.revision === burst.revision)
  );
}

/** Sends to every sink. A sink that fails neither blocks the others nor makes them repeat. */
async function send(
  { sinks, log }: Detector,
  { incident, mergedInto, burstId }: DueItem,
  { bursts, deliveries }: SubjectRecord,
): Promise<{
  readonly sent: Readonly<Record<string, number>>;
  /** The answer of each sink that failed. */
  readonly failures: Readonly<Record<string, string>>;
}> {
  // Stryker disable next-line OptionalChaining: only for the compiler, there is a claim.
  const sent: Record<string, number> = { ...deliveries[burstId]?.sent };
  // Stryker disable next-line OptionalChaining: only for the compiler, what is claimed is recorded.
  const mergedAt = bursts.find(({ id }) => id === burstId)?.revision ?? Infinity;
  const failures: Record<string, string> = {};
  for (const sink of sinks) {
    try {
      if (incident !== null && (sent[sink.name] ?? 0) < incident.revision) {
        const { written = {} } = deliveries[burstId] ?? {};
        await sink.deliver({ ...incident, sentRevision: sent[sink.name] ?? 0, written });
        sent[sink.name] = incident.revision;
      }
      // Stryker disable next-line ConditionalExpression: without a merger, the record is as far as the incident.
      if (mergedInto !== null && (sent[sink.name] ?? 0) < mergedAt) {
        await sink.noteMerge(burstId, mergedInto);
        sent[sink.name] = mergedAt;
      }
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      log.error("incident not written", { incident: burstId, sink: sink.name, problem });
      failures[sink.name] = problem;
    }
  }
  return { sent, failures };
}

interface Attempt {
  readonly item: DueItem;
  readonly head: SubjectRecord;
  readonly sent: Readonly<Record<string, number>>;
  readonly owner: string;
  readonly failure: SendFailure | null;
}

/** Records what was sent, and drops what is done or postpones what failed. */
async function settle(
  { store, clock }: Detector,
  { item, head, sent, owner, failure }: Attempt,
): Promise<void> {
  const now = clock.now();
  const later = backoff[Math.min(item.attempts, backoff.length - 1)] ?? 0;
  const { failure: _, ...settledItem } = item;
  const left: DueItem | null =
    failure !== null
      ? { ...item, attempts: item.attempts + 1, dueAt: now + later, failure }
      : item.watch === null
        ? null
        : { ...settledItem, incident: null, mergedInto: null, attempts: 0 };
  const change: StateChange = left === null ? { drop: [item] } : { put: [left] };
  const settled = withDelivery(head, item.burstId, {
    ...deliveryOf(head, item),
    sent,
    claim: null,
  });
  if ((await store.write({ ...change, head: settled })) !== "conflict") {
    return;
  }
  // Another run recorded growth in the meantime. Its due row is newer and stays.
  for (let attempt = 0; attempt < 8; attempt++) {
    const current = await store.readHead(item.subject, -Infinity);
    const delivery = deliveryOf(current, item);
    const { sent: sentByOthers, claim: held } = delivery;
    const next = withDelivery(current, item.burstId, {
      ...delivery,
      sent: mergeSent(sentByOthers, sent),
      claim: held?.owner === owner ? null : held,
    });
    const grew = isNewer(current, item);
    if ((await store.write(grew ? { head: next } : { ...change, head: next })) !== "conflict") {
      return;
    }
  }
}

function isNewer(head: SubjectRecord, { burstId, incident }: DueItem): boolean {
  const burst = head.bursts.find(({ id }) => id === burstId);
  return burst !== undefined && incident !== null && burst.revision > incident.revision;
}

function mergeSent(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, Math.max(a[name] ?? 0, b[name] ?? 0)]));
}

function deliveryOf({ deliveries }: SubjectRecord, { burstId }: DueItem): Delivery {
  return deliveries[burstId] ?? undelivered;
}

function withDelivery(head: SubjectRecord, burstId: string, delivery: Delivery): SubjectRecord {
  return { ...head, deliveries: { ...head.deliveries, [burstId]: delivery } };
}
