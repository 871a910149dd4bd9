import type { Context } from "../context/context.ts";
import type { PromptOutcome } from "../signin/outcome.ts";
import type { Prompt } from "../prompts/prompt.ts";
import { higher, type Rule, type Severity } from "../rules/rule.ts";
import type { Approval } from "../signin/sighting.ts";
import type { Extent } from "../bursts/windowing.ts";

/** How an approval matches the denials before it, strongest first. */
export const approvalMatches = ["same-request", "same-address", "other"] as const;

type ApprovalMatch = (typeof approvalMatches)[number];

export interface MatchedApproval {
  readonly at: number;
  readonly match: ApprovalMatch;
}

/** What is counted and timed of a burst. Epoch milliseconds. */
export interface Facts {
  readonly denials: number;
  /** Reading stopped at a bound: there may be more denials. */
  readonly atLeast: boolean;
  readonly fraudReports: number;
  readonly firstDenialAt: number;
  readonly triggeredAt: number;
  readonly lastDenialAt: number;
  readonly severity: Severity;
  readonly approval: MatchedApproval | null;
}

/** Where the denials came from; each list sorted and without repetition. */
export interface Evidence {
  readonly userId: string | null;
  readonly guest: boolean;
  readonly ipAddresses: readonly string[];
  readonly applications: readonly string[];
  readonly userAgents: readonly string[];
  readonly locations: readonly string[];
}

/** A burst that a rule fired on. */
export interface Finding {
  readonly facts: Facts;
  readonly evidence: Evidence;
  /** Oldest first. */
  readonly denials: readonly Prompt[];
  /** Prompts from the first to the last denial that the rule does not count, by outcome. */
  readonly supporting: ReadonlyMap<PromptOutcome, number>;
  /** What the logs around it say; null if nothing was looked up. */
  readonly context: Context | null;
}

/**
 * Weighs a burst.
 *
 * @param denials at least one, oldest first
 * @param approvals of the same user, as `effectiveApprovals` gives them; those before `triggeredAt` or later
 *   than the rule watches after the last denial do not count
 */
export function assess(
  rule: Rule,
  denials: readonly Prompt[],
  triggeredAt: number,
  approvals: readonly Approval[],
): Omit<Facts, "atLeast"> {
  const firstDenialAt = denials.reduce((earliest, { at }) => Math.min(earliest, at), Infinity);
  const lastDenialAt = denials.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
  const fraudReports = denials.filter((denial) => denial.outcome === "fraudReported").length;
  const watch = approvalWatch(rule, triggeredAt, lastDenialAt);
  const approval = matchApproval(denials, within(approvals, watch));
  const raises = approval !== null && (rule.approvalRaises === "any" || approval.match !== "other");
  return {
    denials: denials.length,
    fraudReports,
    firstDenialAt,
    triggeredAt,
    lastDenialAt,
    severity: raises || fraudReports > 0 ? higher(rule.severity, "High") : rule.severity,
    approval,
  };
}

/** When an approval has to be given to belong to a burst; both ends count. */
export function approvalWatch(
  { approvalWatchMs }: Pick<Rule, "approvalWatchMs">,
  triggeredAt: number,
  lastDenialAt: number,
): Extent {
  return { from: triggeredAt, to: lastDenialAt + approvalWatchMs };
}

function matchApproval(
  denials: readonly Prompt[],
  approvals: readonly Approval[],
): MatchedApproval | null {
  if (approvals.length === 0) {
    return null;
  }
  const sightings = denials.flatMap((denial) => denial.sightings);
  const requests = new Set(sightings.map((sighting) => sighting.request));
  const addresses = new Set(sightings.map((sighting) => sighting.origin.ipAddress));
  const matched = approvals.map(({ at, request, ipAddress }): MatchedApproval => {
    const sameAddress = ipAddress !== null && addresses.has(ipAddress);
    return {
      at,
      match: requests.has(request) ? "same-request" : sameAddress ? "same-address" : "other",
    };
  });
  return matched.reduce((best, each) => strongerApproval(best, each));
}

/** Oldest first, and a Status only where no step speaks for its request. */
export function effectiveApprovals(approvals: readonly Approval[]): readonly Approval[] {
  const withStep = new Set(
    approvals.filter(({ source }) => source === "step").map(({ request }) => request),
  );
  return approvals
    .filter(({ source, request }) => source === "step" || !withStep.has(request))
    .toSorted((a, b) => a.at - b.at);
}

/** The closer match tells more; of equal ones the earlier. */
export function strongerApproval(a: MatchedApproval, b: MatchedApproval): MatchedApproval {
  const difference =
    approvalMatches.indexOf(a.match) - approvalMatches.indexOf(b.match) || a.at - b.at;
  // Stryker disable next-line EqualityOperator: of equal ones it does not matter which.
  return difference <= 0 ? a : b;
}

export function gatherEvidence(denials: readonly Prompt[]): Evidence {
  const origins = denials.flatMap((denial) => denial.sightings.map((sighting) => sighting.origin));
  const distinct = (values: readonly (string | null)[]) =>
    [...new Set(values.filter((value) => value !== null))].toSorted();
  return {
    userId: distinct(origins.map((origin) => origin.userId))[0] ?? null,
    guest: origins.some((origin) => origin.guest),
    ipAddresses: distinct(origins.map((origin) => origin.ipAddress)),
    applications: distinct(origins.map((origin) => origin.application)),
    userAgents: distinct(origins.map((origin) => origin.userAgent)),
    locations: distinct(origins.map((origin) => origin.location)),
  };
}

/**
 * Counts what else was asked while the denials went on.
 *
 * @param prompts oldest first
 */
export function countSupporting(
  rule: Pick<Rule, "counted">,
  prompts: readonly Prompt[],
  { firstDenialAt, lastDenialAt }: Pick<Facts, "firstDenialAt" | "lastDenialAt">,
): ReadonlyMap<PromptOutcome, number> {
  const counts = new Map<PromptOutcome, number>();
  for (const { outcome } of within(prompts, { from: firstDenialAt, to: lastDenialAt })) {
    if (!rule.counted.includes(outcome)) {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
  }
  return counts;
}

/**
 * Those that happened from `from` to `to`, both included, without a look at the others: a user can have as
 * many bursts as prompts.
 *
 * @param sorted oldest first
 */
export function within<T extends { readonly at: number }>(
  sorted: readonly T[],
  { from, to }: Extent,
): readonly T[] {
  return sorted.slice(
    countWhile(sorted, ({ at }) => at < from),
    countWhile(sorted, ({ at }) => at <= to),
  );
}

/** How many come before the first one that is not `early`, by halving. */
function countWhile<T>(sorted: readonly T[], isEarly: (item: T) => boolean): number {
  let count = 0;
  let end = sorted.length;
  while (count < end) {
    const middle = Math.floor((count + end) / 2);
    const item = sorted[middle];
    // Stryker disable next-line ConditionalExpression: only for the compiler, there is an item in the middle.
    if (item !== undefined && isEarly(item)) {
      count = middle + 1;
    } else {
      end = middle;
    }
  }
  return count;
}
