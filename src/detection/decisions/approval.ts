import type { Prompt } from "../prompts/prompt.ts";
import { resolveRequests } from "../prompts/request.ts";
import type { Rule } from "../rules/rule.ts";
import type { Approval } from "../signin/sighting.ts";
import type { Extent } from "../bursts/windowing.ts";
import { within } from "./within.ts";

/** How an approval matches the denials before it, strongest first. */
export const approvalMatches = ["same-request", "same-address", "other"] as const;

type ApprovalMatch = (typeof approvalMatches)[number];

export interface MatchedApproval {
  readonly at: number;
  readonly match: ApprovalMatch;
}

/** The times at which an approval belongs to a burst. Both ends are inclusive. */
export function approvalWatch(
  { approvalWatchMs }: Pick<Rule, "approvalWatchMs">,
  triggeredAt: number,
  lastDenialAt: number,
): Extent {
  return { from: triggeredAt, to: lastDenialAt + approvalWatchMs };
}

/** Returns the approval that matches the denials best; null if there is none. */
export function matchApproval(
  denials: readonly Prompt[],
  approvals: readonly Approval[],
): MatchedApproval | null {
  if (approvals.length === 0) {
    return null;
  }
  const sightings = denials.flatMap((denial) => denial.sightings);
  const requestOf = resolveRequests([...sightings, ...approvals]);
  const requests = new Set(sightings.map(requestOf));
  const addresses = new Set(sightings.map((sighting) => sighting.origin.ipAddress));
  const matched = approvals.map((approval): MatchedApproval => {
    const { at, ipAddress } = approval;
    if (requests.has(requestOf(approval))) {
      return { at, match: "same-request" };
    }
    const isSameAddress = ipAddress !== null && addresses.has(ipAddress);
    return { at, match: isSameAddress ? "same-address" : "other" };
  });
  return matched.reduce((best, each) => strongerApproval(best, each));
}

/** Returns the closer match, or the earlier of two equal ones. */
export function strongerApproval(a: MatchedApproval, b: MatchedApproval): MatchedApproval {
  const difference =
    approvalMatches.indexOf(a.match) - approvalMatches.indexOf(b.match) || a.at - b.at;
  // Stryker disable next-line EqualityOperator: equal approvals are interchangeable.
  return difference <= 0 ? a : b;
}

/** Returns the approvals that belong to a burst. */
export function approvalsOf(
  approvals: readonly Approval[],
  rules: readonly Pick<Rule, "approvalWatchMs">[],
  triggeredAt: number,
  lastDenialAt: number,
): readonly Approval[] {
  const approvalWatchMs = Math.max(...rules.map((rule) => rule.approvalWatchMs));
  return within(approvals, approvalWatch({ approvalWatchMs }, triggeredAt, lastDenialAt));
}

/**
 * Returns each approval once, oldest first. Rows repeat each other, and a request has at most one approval per
 * second. The result depends only on the set of rows.
 */
export function distinctApprovals(approvals: readonly Approval[]): readonly Approval[] {
  const requestOf = resolveRequests(approvals);
  const found = new Map<string, Approval>();
  for (const approval of approvals.toSorted(byTimeAndContent)) {
    const key = JSON.stringify([requestOf(approval), Math.floor(approval.at / 1000)]);
    if (!found.has(key)) {
      found.set(key, approval);
    }
  }
  return [...found.values()];
}

/** Sorts approvals by time. At the same time, the one with the most details comes first. */
function byTimeAndContent(a: Approval, b: Approval): number {
  // Stryker disable next-line EqualityOperator: equal approvals are interchangeable.
  return a.at - b.at || (contentOf(a) >= contentOf(b) ? -1 : 1);
}

function contentOf({ ipAddress, details }: Approval): string {
  return JSON.stringify([details ?? "", ipAddress ?? ""]);
}
