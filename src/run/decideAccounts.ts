import type { Decision, Reason } from "../detection/decisions/decision.ts";
import { recordDecisions } from "../detection/decisions/record.ts";
import type { ContextOf } from "../detection/context/context.ts";
import type { Approval } from "../detection/signin/sighting.ts";
import { readAccountCases, stateRequests, type AccountCase } from "./accountCases.ts";
import { hasFired, type FamilyView } from "./familyView.ts";
import type { Detector } from "./detector.ts";
import { accountKey, allNames } from "../detection/signin/account.ts";
import { approvalsByAccount } from "../detection/prompts/approvals.ts";
import { incidentOf } from "./incidentOf.ts";
import { judgeFamily, type KnownCase } from "./judgeFamily.ts";
import { readContexts } from "./readContexts.ts";
import { longestWatch, watchOf } from "./watchOf.ts";
import { claimedBy, undelivered } from "./claimedBy.ts";
import { inParallel } from "./inParallel.ts";
import type { Finding } from "../detection/decisions/finding.ts";
import type { ChangeBase, Delivery, DueItem, Incident, SubjectRecord } from "./ports.ts";
import { isPending, type SendBudget } from "./sendBudget.ts";
import { withoutQuiet } from "./quietAccounts.ts";
import { readApprovalsAround } from "./readAround.ts";
import type { Activity } from "./newActivity.ts";
import type { RecentSightings } from "./recentSightings.ts";
import { UpstreamError } from "./upstreamError.ts";

/** The number of accounts judged together. It bounds memory during a flood. */
const accountsAtOnce = 500;

/** How often an account is judged again because another run recorded something in the meantime. */
const attempts = 8;

/** A decision of this run that it has claimed, with the record as stored. */
export interface Claimed {
  readonly item: DueItem;
  readonly head: SubjectRecord;
}

export interface Decided {
  readonly decisions: readonly Decision[];
  readonly claimed: readonly Claimed[];
  /** Recorded incidents that a later run will send. */
  readonly left: number;
}

/** Judges whole accounts and records the decisions, each together with what is due for it. */
export async function decideAccounts(
  detector: Detector,
  touched: readonly Activity[],
  sending: SendBudget,
  signal: AbortSignal,
  recent: RecentSightings | null = null,
): Promise<Decided> {
  const results: Decided[] = [];
  // Read after the rows of the activity, so that whatever was recorded before these were published is in it.
  const index = touched.length === 0 ? null : await detector.store.readIndex(touched.length);
  const wanted =
    index === null || recent === null
      ? touched
      : withoutQuiet(detector, touched, { index, recent });
  // As many lookups as if nobody had been left out, so that an attack on many users gets its contexts.
  const lookUps = Math.ceil(touched.length / Math.max(1, wanted.length));
  // Stryker disable next-line EqualityOperator: with no accounts left, nothing is asked.
  for (let start = 0; start < wanted.length; start += accountsAtOnce) {
    let open = wanted.slice(start, start + accountsAtOnce);
    for (let attempt = 0; open.length > 0; attempt++) {
      if (attempt === attempts) {
        throw new UpstreamError("state", "other runs keep changing the same records", true);
      }
      // An account is judged again because others have recorded something, so nothing read before is valid.
      const cases = await readAccountCases(detector, open, signal, attempt === 0 ? index : null);
      const approvals = await readApprovalsOf(detector, cases, signal);
      const judged = cases.map((each) => ({
        ...each,
        // Stryker disable next-line ArrayDeclaration: a text is not an approval.
        approvals: approvals.get(accountKey(each.account)) ?? [],
      }));
      const contexts = await readContexts(detector, judged, lookUps, signal);
      const outcomes = await inParallel(judged, stateRequests, (each) =>
        decideCase(detector, each, contexts.get(accountKey(each.account)), sending),
      );
      results.push(...outcomes.map(({ decided }) => decided));
      // Somebody else wrote. The log may have news from them as well, so everything is read again.
      open = outcomes.flatMap(({ again }) => (again === null ? [] : [again]));
    }
  }
  return {
    decisions: results.flatMap(({ decisions }) => decisions),
    claimed: results.flatMap(({ claimed }) => claimed),
    left: results.reduce((sum, { left }) => sum + left, 0),
  };
}

/** Reads approvals for accounts where a streak fired or a burst is recorded. */
async function readApprovalsOf(
  { source }: Detector,
  cases: readonly AccountCase[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Approval[]>> {
  const wanted = cases.flatMap(({ account, families }) =>
    families
      .filter(({ head, views }) => head.bursts.length > 0 || views.some(hasFired))
      .map(({ family, hull }) => ({
        names: allNames(account),
        span: { from: hull.from, to: hull.to + longestWatch(family) },
      })),
  );
  const approvals = await readApprovalsAround(source, wanted, signal);
  const found = new Map<string, readonly Approval[]>();
  for (const matched of new Set(cases.map((each) => each.matched))) {
    const accounts = cases.filter((each) => each.matched === matched).map(({ account }) => account);
    approvalsByAccount(accounts, matched, approvals).forEach((all, key) => found.set(key, all));
  }
  return found;
}

async function decideCase(
  detector: Detector,
  each: KnownCase,
  contextOf: ContextOf | undefined,
  sending: SendBudget,
): Promise<{ readonly decided: Decided; readonly again: Activity | null }> {
  const decisions: Decision[] = [];
  const claimed: Claimed[] = [];
  let left = 0;
  for (const view of each.families) {
    const judged = judgeFamily(detector, each, view, contextOf);
    const due = judged.flatMap((decision) => dueOf(detector, view, decision, sending) ?? []);
    const changed = judged.filter(({ action }) => action !== "none");
    const claims = claimsOf(detector, view.head, due, sending);
    const isMoved = view.head.takenIn !== undefined;
    if (changed.length === 0 && due.length === 0 && !isMoved) {
      decisions.push(...judged);
      continue;
    }
    const head = {
      ...view.head,
      bursts: recordDecisions(view.head.bursts, changed),
      deliveries: { ...view.head.deliveries, ...claims },
    };
    // The head is written even if only a watch changes, so that what is due is never older than what is recorded.
    const stored = await detector.store.write({ head, put: due });
    if (stored === "conflict") {
      sending.left += Object.keys(claims).length;
      return { decided: { decisions, claimed, left }, again: each };
    }
    decisions.push(...judged);
    for (const item of due) {
      if (claims[item.burstId] !== undefined) {
        claimed.push({ item, head: stored ?? head });
      } else if (isPending(item)) {
        left++;
      }
    }
  }
  return { decided: { decisions, claimed, left }, again: null };
}

/** Reasons for not opening a finding, or not yet, that an approval would change. */
const watchedReasons: ReadonlySet<Reason> = new Set([
  "awaiting-approval",
  "usual-origin",
  "excluded",
]);

/** Returns what a decision leaves to do: an incident to send, a merge to note or a watch to keep. Null if nothing. */
function dueOf(
  detector: Detector,
  { family, head }: FamilyView,
  decision: Decision,
  { lane, waiting }: SendBudget,
): DueItem | null {
  const { action, reason, burst, finding } = decision;
  const sends = action !== "none" && detector.sinks.length > 0;
  const mayWatch = (action !== "none" || watchedReasons.has(reason)) && burst.mergedInto === null;
  const watch = mayWatch ? watchOf(detector, family, decision, head.subject) : null;
  if (!sends && watch === null) {
    return null;
  }
  return {
    subject: head.subject,
    burstId: burst.id,
    dueAt: detector.clock.now(),
    attempts: 0,
    // An incident that grows is already in front of analysts, whoever found the growth.
    lane: burst.revision > 1 ? "live" : lane,
    ...placeOf(waiting.get(burst.id)),
    incident:
      sends && finding !== null
        ? toldSince(detector, head, decision, finding, waiting.get(burst.id)?.incident ?? null)
        : null,
    mergedInto: sends ? burst.mergedInto : null,
    watch,
  };
}

/** Returns the incident with its whole change since every sink was last up to date. */
function toldSince(
  { sinks }: Detector,
  { subject, deliveries }: SubjectRecord,
  { burst, before, reason }: Decision,
  finding: Finding,
  waiting: Incident | null,
): Incident {
  const { sent = {} } = deliveries[burst.id] ?? {};
  const isTold = sinks.every(({ name }) => (sent[name] ?? 0) >= (waiting?.revision ?? 0));
  const since = isTold ? before : (waiting?.since ?? before);
  const incident = incidentOf(subject, { burst, before: since, reason }, finding);
  return since === null ? incident : { ...incident, since: changeBase(since) };
}

/** Returns the parts of a record that a change is compared with. */
function changeBase({ facts, told }: ChangeBase): ChangeBase {
  return { facts, ...(told && { told }) };
}

/** Returns the place of a pending item in the queue. Growth neither moves it back nor resets its failures. */
function placeOf(item: DueItem | undefined): Partial<Pick<DueItem, "dueAt" | "attempts" | "lane">> {
  return item === undefined ? {} : { dueAt: item.dueAt, attempts: item.attempts, lane: item.lane };
}

/** Takes what this run can still send, unless another run is sending it right now. */
function claimsOf(
  detector: Detector,
  head: SubjectRecord,
  due: readonly DueItem[],
  sending: SendBudget,
): Readonly<Record<string, Delivery>> {
  const now = detector.clock.now();
  const claims: Record<string, Delivery> = {};
  for (const item of due) {
    const delivery = head.deliveries[item.burstId] ?? undelivered;
    const isFree = (delivery.claim?.until ?? 0) <= now;
    const isTime = sending.left > 0 && now < sending.until && item.dueAt <= now;
    if (isTime && isFree && isPending(item)) {
      sending.left--;
      const claim = { owner: sending.owner, until: sending.claimUntil };
      claims[item.burstId] = claimedBy(detector, claim, delivery, item.incident);
    }
  }
  return claims;
}
