import type { Facts } from "./finding.ts";
import type { ToldContext } from "./told.ts";
import type { Rule } from "../rules/rule.ts";
import type { Account } from "../signin/account.ts";
import type { Extent } from "../bursts/windowing.ts";

/**
 * One account and one family of rules in one workspace. Its bursts are judged together and separately from all
 * others.
 */
export interface Subject extends Account {
  /** The id of the family, which is the id of its first rule. */
  readonly rule: string;
  readonly workspaceId: string | null;
}

/** The stored part of a burst. It keeps the burst one incident, however it is found again. */
export interface RecordedBurst {
  /** The incident's id. Never changes. */
  readonly id: string;
  /** The first denial when the burst was first recorded. Never changes. */
  readonly firstRecordedAt: number;
  /** Never shrinks. */
  readonly extent: Extent;
  /** Tumbling only as long as its extent consists of whole buckets of `windowMs`. A changed rule ends that. */
  readonly kind: Rule["kind"];
  /** The largest window that found it. */
  readonly windowMs: number;
  /** The ids of the rules that found it, starting with the one that opened it. If absent, only the subject's rule. */
  readonly rules?: readonly string[];
  readonly facts: Facts;
  /** The context that the incident was given; absent if nothing was looked up. */
  readonly told?: ToldContext;
  /** The incident that this one turned out to belong to. The record still matches streaks. */
  readonly mergedInto: string | null;
  /** Starts at 1 and grows by one with every change. */
  readonly revision: number;
  /** The revision that gave it its severity. */
  readonly severitySince: number;
}

/**
 * Returns the ids of the rules that found a recorded burst, starting with the one that opened it.
 *
 * @param current the current ids of renamed rules, by their former ids
 */
export function foundByRules(
  { rule }: Subject,
  { rules }: Pick<RecordedBurst, "rules">,
  current: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
  return (rules ?? [rule]).map((id) => current.get(id) ?? id);
}

/**
 * Returns the text that an incident id is derived from.
 *
 * @param opener the id of the rule that opened it
 */
export function incidentName(
  { rule, workspaceId, tenantId, user }: Subject,
  firstDenialAt: number,
  opener = rule,
): string {
  return JSON.stringify([
    opener,
    workspaceId ?? "",
    tenantId ?? "",
    user,
    new Date(firstDenialAt).toISOString(),
  ]);
}

/** Returns the records of a subject after some of them were opened or changed. */
export function recordDecisions(
  recorded: readonly RecordedBurst[],
  decisions: readonly { readonly action: string; readonly burst: RecordedBurst }[],
): readonly RecordedBurst[] {
  const bursts = new Map(recorded.map((burst) => [burst.id, burst]));
  for (const { action, burst } of decisions) {
    if (action !== "none") {
      bursts.set(burst.id, burst);
    }
  }
  return [...bursts.values()];
}
