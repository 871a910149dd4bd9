import type { ContextOf } from "../context/context.ts";
import type { Streak } from "../bursts/streak.ts";
import {
  approvalWatch,
  assess,
  countSupporting,
  effectiveApprovals,
  gatherEvidence,
  strongerApproval,
  within,
  type Facts,
  type Finding,
} from "./finding.ts";
import { findNeighbourhoods, inSameBuckets, type Neighbourhood } from "./neighbourhood.ts";
import { incidentName, type RecordedBurst, type Subject } from "./record.ts";
import type { Prompt } from "../prompts/prompt.ts";
import { higher, type Rule } from "../rules/rule.ts";
import type { Approval } from "../signin/sighting.ts";

type Action = "open" | "update" | "none";

export type Reason =
  | "first-seen"
  | "approved-after"
  | "fraud-reported"
  | "merged"
  | "grew"
  | "severity-raised"
  | "evidence-replaced"
  | "beyond-retention"
  | "awaiting-approval"
  | "unchanged";

/** What is to be done about one incident, and why. */
export interface Decision {
  readonly action: Action;
  readonly reason: Reason;
  /** The record as it is to be written; with action `none` as it was (or, beyond retention, would be). */
  readonly burst: RecordedBurst;
  readonly before: RecordedBurst | null;
  /** The burst behind it; null for an incident that was merged into another. */
  readonly finding: Finding | null;
}

export interface Judgement {
  readonly rule: Rule;
  readonly subject: Subject;
  /** All that is recorded of the subject. */
  readonly recorded: readonly RecordedBurst[];
  /** Of the whole neighbourhood, fired or not, as `findStreaks` gives them. */
  readonly streaks: readonly Streak[];
  /** All prompts of the same user around, oldest first, for what is told beside the denials. */
  readonly prompts: readonly Prompt[];
  /** Of the same user, any order. */
  readonly approvals: readonly Approval[];
  /** Turns the name of a new incident into its id (UUIDv5 in the project's namespace). */
  readonly identify: (name: string) => string;
  /** A burst that begins earlier is not opened: its record may have been dropped. Null: no limit. */
  readonly openFrom: number | null;
  /** Reading stopped at a bound, so that streaks may be longer than they look. */
  readonly bounded: boolean;
  /** What the logs around a burst say; absent: nothing is looked up. */
  readonly contextOf?: ContextOf;
}

/**
 * Judges all that is known of one subject against what is recorded of it. The outcome depends on both only,
 * not on how the rows came. Decisions are for every burst that fires and for every record that changes.
 */
export function judge(judgement: Judgement): readonly Decision[] {
  const { rule, streaks, recorded } = judgement;
  const prepared = { ...judgement, approvals: effectiveApprovals(judgement.approvals) };
  return findNeighbourhoods(rule, streaks, recorded).flatMap((neighbourhood) =>
    judgeBurst(prepared, neighbourhood),
  );
}

function judgeBurst(judgement: Judgement, neighbourhood: Neighbourhood): readonly Decision[] {
  const live = neighbourhood.recorded
    .filter((burst) => burst.mergedInto === null)
    .toSorted(byFirstRecorded);
  const [keeper, ...others] = live;
  return keeper === undefined
    ? judgeNew(judgement, neighbourhood)
    : judgeKnown(judgement, neighbourhood, keeper, others);
}

function byFirstRecorded(a: RecordedBurst, b: RecordedBurst): number {
  // Stryker disable next-line EqualityOperator: no two records have one id.
  return a.firstRecordedAt - b.firstRecordedAt || (a.id < b.id ? -1 : 1);
}

/** Runs without a record in their neighbourhood are longer than a window apart, so there is only one. */
function judgeNew(judgement: Judgement, { streaks, extent }: Neighbourhood): readonly Decision[] {
  const { rule, subject, openFrom } = judgement;
  const triggeredAt = firstTrigger(streaks);
  if (triggeredAt === null) {
    return [];
  }
  const finding = findingOf(judgement, streaks, triggeredAt);
  const { firstDenialAt, approval } = finding.facts;
  const burst: RecordedBurst = {
    id: judgement.identify(incidentName(subject, firstDenialAt)),
    firstRecordedAt: firstDenialAt,
    extent,
    kind: rule.kind,
    windowMs: rule.windowMs,
    facts: finding.facts,
    mergedInto: null,
    revision: 1,
    severitySince: 1,
  };
  const nothing = { action: "none", burst, before: null, finding } as const;
  if (firstDenialAt < (openFrom ?? -Infinity)) {
    return [{ ...nothing, reason: "beyond-retention" }];
  }
  if (rule.approvalRequired && approval === null) {
    return [{ ...nothing, reason: "awaiting-approval" }];
  }
  return [{ ...nothing, action: "open", reason: "first-seen" }];
}

function judgeKnown(
  judgement: Judgement,
  { streaks, recorded, extent }: Neighbourhood,
  keeper: RecordedBurst,
  others: readonly RecordedBurst[],
): readonly Decision[] {
  const { rule } = judgement;
  const triggeredAt = firstTrigger(streaks);
  const found = findingOf(judgement, streaks, triggeredAt ?? keeper.facts.triggeredAt);
  const facts = others.reduce(
    (held, other) => ({ ...held, severity: higher(held.severity, other.facts.severity) }),
    hold(keeper.facts, found.facts),
  );
  const reason = reasonOf(keeper, facts, extent, others.length > 0);
  if (reason === "unchanged" && triggeredAt === null) {
    return [];
  }
  const burst: RecordedBurst =
    reason === "unchanged"
      ? keeper
      : {
          ...keeper,
          extent,
          kind: recorded.every((each) => inSameBuckets(rule, each)) ? "tumbling" : "sliding",
          windowMs: recorded.reduce(
            (widest, each) => Math.max(widest, each.windowMs),
            rule.windowMs,
          ),
          facts,
          revision: keeper.revision + 1,
          severitySince:
            facts.severity === keeper.facts.severity ? keeper.severitySince : keeper.revision + 1,
        };
  const merged = others.map((other): Decision => ({
    action: "update",
    reason: "merged",
    burst: { ...other, mergedInto: keeper.id, revision: other.revision + 1 },
    before: other,
    finding: null,
  }));
  const action = reason === "unchanged" ? "none" : "update";
  return [{ action, reason, burst, before: keeper, finding: { ...found, facts } }, ...merged];
}

/** The streaks of a neighbourhood are in order, so the first that fired fired first. */
function firstTrigger(streaks: readonly Streak[]): number | null {
  return streaks.find((streak) => streak.triggeredAt !== null)?.triggeredAt ?? null;
}

function findingOf(
  { rule, approvals, prompts, bounded, contextOf }: Judgement,
  streaks: readonly Streak[],
  triggeredAt: number,
): Finding {
  const denials = streaks.flatMap((streak) => streak.denials);
  const facts = { ...assess(rule, denials, triggeredAt, approvals), atLeast: bounded };
  const supporting = countSupporting(rule, prompts, facts);
  const watch = approvalWatch(rule, triggeredAt, facts.lastDenialAt);
  const context =
    contextOf?.({ denials, triggeredAt, approvals: within(approvals, watch) }) ?? null;
  return { facts, evidence: gatherEvidence(denials), denials, supporting, context };
}

/**
 * What holds of a recorded burst after another look. Counts and times follow the newest evidence, unless
 * reading it stopped at a bound; what the detector asks for never falls.
 */
function hold(recorded: Facts, found: Facts): Facts {
  const approval =
    recorded.approval === null || found.approval === null
      ? (found.approval ?? recorded.approval)
      : strongerApproval(recorded.approval, found.approval);
  const severity = higher(recorded.severity, found.severity);
  if (!found.atLeast) {
    return { ...found, approval, severity };
  }
  return {
    denials: Math.max(recorded.denials, found.denials),
    atLeast: true,
    fraudReports: Math.max(recorded.fraudReports, found.fraudReports),
    firstDenialAt: Math.min(recorded.firstDenialAt, found.firstDenialAt),
    triggeredAt: Math.min(recorded.triggeredAt, found.triggeredAt),
    lastDenialAt: Math.max(recorded.lastDenialAt, found.lastDenialAt),
    approval,
    severity,
  };
}

/** The change that matters most. */
function reasonOf(
  { facts: before, extent }: RecordedBurst,
  after: Facts,
  reach: RecordedBurst["extent"],
  merges: boolean,
): Reason {
  if (before.approval === null && after.approval !== null) {
    return "approved-after";
  }
  if (before.fraudReports === 0 && after.fraudReports > 0) {
    return "fraud-reported";
  }
  if (merges) {
    return "merged";
  }
  if (after.denials > before.denials || reach.from < extent.from || reach.to > extent.to) {
    return "grew";
  }
  if (after.severity !== before.severity) {
    return "severity-raised";
  }
  return sameFacts(before, after) ? "unchanged" : "evidence-replaced";
}

function sameFacts(a: Facts, b: Facts): boolean {
  return (
    a.denials === b.denials &&
    a.atLeast === b.atLeast &&
    a.fraudReports === b.fraudReports &&
    a.firstDenialAt === b.firstDenialAt &&
    a.triggeredAt === b.triggeredAt &&
    a.lastDenialAt === b.lastDenialAt &&
    a.approval?.at === b.approval?.at &&
    a.approval?.match === b.approval?.match
  );
}
