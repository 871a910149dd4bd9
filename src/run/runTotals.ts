import { noCounts, type Counts } from "./counts.ts";
import type { ExcludedCounts } from "./excludedCounts.ts";
import { notOpenedReason } from "../detection/decisions/decision.ts";
import type { Decided } from "./decideAccounts.ts";

/** What a run, or a slice of a backfill, has done so far. */
export interface RunTotals {
  readonly counts: Counts;
  /** Distinct denials in the rows read. A denial that is read in two steps counts in both. */
  denials: number;
  /** Denials that each exclusion hid. */
  readonly excluded: ExcludedCounts;
  opened: number;
  updated: number;
  /** Findings that are not incidents. `reasons` says why. */
  notOpened: number;
  /** The number of decisions by reason. */
  readonly reasons: Record<string, number>;
  /** Recorded incidents that must be sent, now or later. */
  due: number;
  sent: number;
  failed: number;
  /** Error messages of sinks, without content of an incident. */
  readonly errors: string[];
}

export function noTotals(): RunTotals {
  return {
    counts: noCounts(),
    denials: 0,
    excluded: {},
    opened: 0,
    updated: 0,
    notOpened: 0,
    reasons: {},
    due: 0,
    sent: 0,
    failed: 0,
    errors: [],
  };
}

export function addDecisions(work: RunTotals, { decisions, claimed, left }: Decided): void {
  work.due += claimed.length + left;
  for (const decision of decisions) {
    work.opened += decision.action === "open" ? 1 : 0;
    work.updated += decision.action === "update" ? 1 : 0;
    work.notOpened += notOpenedReason(decision) === null ? 0 : 1;
    work.reasons[decision.reason] = (work.reasons[decision.reason] ?? 0) + 1;
  }
}
