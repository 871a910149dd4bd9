import type { Facts } from "./finding.ts";
import type { ToldContext } from "./told.ts";
import type { Rule } from "../rules/rule.ts";
import type { Account } from "../signin/account.ts";
import type { Extent } from "../bursts/windowing.ts";

/** One account and one family of rules in one workspace: its bursts are judged together, apart from all others. */
export interface Subject extends Account {
  /** The family, which is the id of its first rule. */
  readonly rule: string;
  readonly workspaceId: string | null;
}

/** What is kept of a burst, so that it stays one incident however it is found again. */
export interface RecordedBurst {
  /** The incident's id. Never changes. */
  readonly id: string;
  /** The first denial when the burst was first recorded. Never changes. */
  readonly firstRecordedAt: number;
  /** Only ever grows. */
  readonly extent: Extent;
  /** Tumbling only while its extent is whole buckets of `windowMs`: a change of the rule ends that. */
  readonly kind: Rule["kind"];
  /** The largest window by which it was found. */
  readonly windowMs: number;
  /** The rules that found it, by id, first the one that opened it; absent: only the one the subject names. */
  readonly rules?: readonly string[];
  readonly facts: Facts;
  /** What its incident was told of the context; absent if nothing was looked up. */
  readonly told?: ToldContext;
  /** The incident that this one turned out to belong to; such a record still matches. */
  readonly mergedInto: string | null;
  /** 1 at opening, one more with every change. */
  readonly revision: number;
  /** The revision that gave it its severity. */
  readonly severitySince: number;
}

/** The ids of the rules that found a recorded burst, first the one that opened it. */
export function foundByRules(
  { rule }: Subject,
  { rules }: Pick<RecordedBurst, "rules">,
): readonly string[] {
  return rules ?? [rule];
}

/** The text that an incident id is derived from. */
export function incidentName(subject: Subject, firstDenialAt: number): string {
  const { rule, workspaceId, tenantId, user } = subject;
  return JSON.stringify([
    rule,
    workspaceId ?? "",
    tenantId ?? "",
    user,
    new Date(firstDenialAt).toISOString(),
  ]);
}

/** The records of a subject after some of them were opened or changed. */
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
