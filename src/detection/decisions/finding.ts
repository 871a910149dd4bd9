import type { Context } from "../context/context.ts";
import type { PromptOutcome } from "../signin/outcome.ts";
import { compareAddresses } from "../signin/address.ts";
import { isCounted, type Prompt } from "../prompts/prompt.ts";
import { higher, type Rule, type Severity } from "../rules/rule.ts";
import type { Exclusion } from "../signin/scope.ts";
import type { Approval } from "../signin/sighting.ts";
import { matchApproval, type MatchedApproval } from "./approval.ts";
import { severityOf, type WeighedBefore } from "./severity.ts";
import { within } from "./within.ts";

/** The counts and times of a burst. Epoch milliseconds. */
export interface Facts {
  readonly denials: number;
  /** Whether reading stopped at a limit, so that there may be more denials. */
  readonly atLeast: boolean;
  readonly fraudReports: number;
  readonly firstDenialAt: number;
  readonly triggeredAt: number;
  readonly lastDenialAt: number;
  readonly severity: Severity;
  readonly approval: MatchedApproval | null;
}

/** Where the denials came from. Each list is sorted and without duplicates. */
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
  /** Every rule that fired, in the configured order. */
  readonly rules: readonly [Rule, ...Rule[]];
  readonly facts: Facts;
  readonly evidence: Evidence;
  /** Oldest first. */
  readonly denials: readonly Prompt[];
  /** Approvals that belong to the burst, each once, oldest first. */
  readonly approvals: readonly Approval[];
  /** Other prompts from the first to the last denial, by outcome. */
  readonly supporting: ReadonlyMap<PromptOutcome, number>;
  /** What the logs around it say; null if nothing was looked up. */
  readonly context: Context | null;
  /** The exclusions that hide it, if any. A hidden finding is reported only if it ended badly. */
  readonly excludedBy?: readonly Exclusion[];
}

/** A burst without severity. */
export interface Unweighed {
  /** The rules that fired; at least one. */
  readonly rules: readonly Rule[];
  /** At least one, oldest first. */
  readonly denials: readonly Prompt[];
  readonly triggeredAt: number;
  /** Approvals of the same user that belong to the burst, oldest first; see `approvalsOf`. */
  readonly approvals: readonly Approval[];
  readonly context: Context | null;
  /** Null if it was not found before. */
  readonly before: WeighedBefore | null;
  /** Whether reading stopped at a limit. Default: false. */
  readonly bounded?: boolean;
}

/** Computes counts, times, the closest approval, and the highest severity that a rule gives the burst. */
export function assess(burst: Unweighed): Facts {
  const { rules, denials, triggeredAt, approvals, context, before, bounded = false } = burst;
  const { firstDenialAt, lastDenialAt } = spanOf(denials);
  const fraudReports = denials.filter((denial) => denial.outcome === "fraudReported").length;
  const approval = matchApproval(denials, approvals);
  const weight = { fraudReports, triggeredAt, approval, context, before };
  return {
    denials: denials.length,
    fraudReports,
    firstDenialAt,
    lastDenialAt,
    triggeredAt,
    severity: rules.map((rule) => severityOf(rule, weight)).reduce(higher),
    approval,
    atLeast: bounded,
  };
}

export function spanOf(denials: readonly Prompt[]): Pick<Facts, "firstDenialAt" | "lastDenialAt"> {
  return {
    firstDenialAt: denials.reduce((earliest, { at }) => Math.min(earliest, at), Infinity),
    lastDenialAt: denials.reduce((latest, { at }) => Math.max(latest, at), -Infinity),
  };
}

export function gatherEvidence(denials: readonly Prompt[]): Evidence {
  const origins = denials.flatMap((denial) => denial.sightings.map((sighting) => sighting.origin));
  const distinct = (values: readonly (string | null)[]) =>
    [...new Set(values.filter((value) => value !== null))].toSorted();
  return {
    userId: distinct(origins.map((origin) => origin.userId))[0] ?? null,
    guest: origins.some((origin) => origin.guest),
    ipAddresses: distinct(origins.map((origin) => origin.ipAddress)).toSorted(compareAddresses),
    applications: distinct(origins.map((origin) => origin.application)),
    userAgents: distinct(origins.map((origin) => origin.userAgent)),
    locations: distinct(origins.map((origin) => origin.location)),
  };
}

/**
 * Counts the prompts during the burst that are not denials.
 *
 * @param prompts oldest first
 */
export function countSupporting(
  rules: readonly Pick<Rule, "counted">[],
  prompts: readonly Prompt[],
  { firstDenialAt, lastDenialAt }: Pick<Facts, "firstDenialAt" | "lastDenialAt">,
): ReadonlyMap<PromptOutcome, number> {
  const counts = new Map<PromptOutcome, number>();
  for (const prompt of within(prompts, { from: firstDenialAt, to: lastDenialAt })) {
    const { outcome } = prompt;
    if (!rules.some(({ counted }) => isCounted(prompt, counted))) {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
  }
  return counts;
}
