import type { Facts } from "./finding.ts";
import type { Rule } from "../rules/rule.ts";
import type { Extent } from "../bursts/windowing.ts";

/** Whose bursts, by which rule, are told apart from all others. */
export interface Subject {
  readonly rule: string;
  readonly workspaceId: string | null;
  readonly tenantId: string | null;
  readonly user: string;
}

/** What is remembered of a burst, so that it stays one incident however it is found again. */
export interface RecordedBurst {
  /** The incident's id. Never changes. */
  readonly id: string;
  /** The first denial when the burst was first recorded. Never changes. */
  readonly firstRecordedAt: number;
  /** Only ever a union. */
  readonly extent: Extent;
  /** Tumbling only while its extent is whole buckets of `windowMs`: a change of the rule ends that. */
  readonly kind: Rule["kind"];
  /** The largest window by which it was found. */
  readonly windowMs: number;
  readonly facts: Facts;
  /** The incident that this one was found to be part of; such a record still matches. */
  readonly mergedInto: string | null;
  /** Counts what the incident has to be told: 1 at opening, one more with every change. */
  readonly revision: number;
  /** The revision since which it has its severity. */
  readonly severitySince: number;
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
