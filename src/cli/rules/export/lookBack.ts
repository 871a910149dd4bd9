import type { Rule } from "../../../detection/rules/rule.ts";

export const minute = 60_000;

/** The longest delay of publication that a look-back allows for. */
const lateness = 60 * minute;

/** How often a rule runs that looks back for hours. */
export const frequency = 5 * minute;

/** Returns how far back a rule must look, in whole minutes (ms), for bursts and what may follow within `moreMs`. */
export function lookBackOf({ windowMs }: Pick<Rule, "windowMs">, moreMs = 0): number {
  return Math.ceil((windowMs + lateness + moreMs) / minute) * minute;
}

/** Says what a limited look-back loses. */
export function lateRowsAreLost(lookBackMs: number): string {
  return `Rows that are published more than ${lookBackMs / minute} minutes after the others of their burst are lost.`;
}

/** Says that severities stay as they are, unless the rule is about approvals. */
export function severityStays({
  approvalRequired,
}: Pick<Rule, "approvalRequired">): readonly string[] {
  return approvalRequired ? [] : ["A later approval does not raise the severity."];
}
