import { burstMarks } from "../detection/bursts/gridTally.ts";
import type { ContextOf } from "../detection/context/context.ts";
import { approvalsOf } from "../detection/decisions/approval.ts";
import { isTakenOver } from "../detection/decisions/severity.ts";
import type { Prompt } from "../detection/prompts/prompt.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Approval } from "../detection/signin/sighting.ts";
import type { IncidentLabel } from "./incidentLabels.ts";

/** One account as the settings of a grid see it. */
export interface TunedAccount {
  readonly rule: Rule;
  /** The denials that the rule counts, oldest first. */
  readonly denials: readonly Prompt[];
  /** Oldest first. */
  readonly approvals: readonly Approval[];
  /** Undefined if nothing was looked up. */
  readonly contextOf: ContextOf | undefined;
  /** The labels of the account. */
  readonly labels: readonly IncidentLabel[];
  /** Whether a burst without a label is known not to be an attack. */
  readonly labelsAreComplete: boolean;
}

/**
 * Returns the marks of a burst (bits of `burstMarks`), or null if it is not opened, because a required approval is
 * missing or the origin decides and is usual.
 */
export type MarksOf = (start: number, end: number, trigger: number) => number | null;

/** Marks each burst once, however many cells contain it. */
export function marksOfBursts(account: TunedAccount): MarksOf {
  const known = new Map<number, Map<number, number | null>>();
  const width = account.denials.length + 1;
  return (start, end, trigger) => {
    const byTrigger = known.get(trigger) ?? new Map<number, number | null>();
    known.set(trigger, byTrigger);
    const key = start * width + end;
    const marks = byTrigger.get(key);
    if (marks !== undefined) {
      return marks;
    }
    const found = markBurst(account, account.denials.slice(start, end), trigger - start);
    byTrigger.set(key, found);
    return found;
  };
}

function markBurst(
  account: TunedAccount,
  denials: readonly Prompt[],
  trigger: number,
): number | null {
  const { rule, contextOf } = account;
  const firstDenialAt = denials[0]?.at ?? NaN;
  const lastDenialAt = denials.at(-1)?.at ?? NaN;
  const triggeredAt = denials[trigger]?.at ?? NaN;
  const approvals = approvalsOf(account.approvals, [rule], triggeredAt, lastDenialAt);
  if (rule.approvalRequired && approvals.length === 0) {
    return null;
  }
  const context = contextOf?.({ denials, triggeredAt, approvals }) ?? null;
  const isUsual = context?.origins.verdict === "usual";
  if (rule.originDecides && isUsual) {
    return null;
  }
  const isReported =
    denials.some(({ outcome }) => outcome === "fraudReported") ||
    (context !== null && context.reports.length > 0);
  return (
    (approvals.length > 0 ? burstMarks.approved : 0) |
    (isReported ? burstMarks.reported : 0) |
    (context !== null && isTakenOver(context, triggeredAt) ? burstMarks.takenOver : 0) |
    (isUsual ? burstMarks.usual : 0) |
    labelMark(account, firstDenialAt, lastDenialAt)
  );
}

/** Returns the mark of a burst by its labels. An attack counts more than a harmless incident beside it. */
export function labelMark(
  { labels, labelsAreComplete }: Pick<TunedAccount, "labels" | "labelsAreComplete">,
  firstDenialAt: number,
  lastDenialAt: number,
): number {
  const own = labels.filter((label) => touches(label, firstDenialAt, lastDenialAt));
  if (own.some(({ isAttack }) => isAttack)) {
    return burstMarks.attack;
  }
  return own.length > 0 || labelsAreComplete ? burstMarks.benign : 0;
}

/** Reports whether the denials and the labelled incident overlap in time. */
export function touches(
  { from, to }: Pick<IncidentLabel, "from" | "to">,
  firstDenialAt: number,
  lastDenialAt: number,
): boolean {
  return firstDenialAt <= to && lastDenialAt >= from;
}
