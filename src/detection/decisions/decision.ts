import type { Finding } from "./finding.ts";
import type { RecordedBurst } from "./record.ts";

type Action = "open" | "update" | "none";

/** Why a finding is not opened. */
const notOpenedReasons = ["usual-origin", "beyond-retention", "shadow", "excluded"] as const;

export type NotOpenedReason = (typeof notOpenedReasons)[number];

export type Reason =
  | NotOpenedReason
  | "first-seen"
  | "approved-after"
  | "fraud-reported"
  | "merged"
  | "grew"
  | "followed-by"
  | "severity-raised"
  | "rule-fired"
  | "context-added"
  | "evidence-replaced"
  | "awaiting-approval"
  | "unchanged";

/** What to do about one incident, and why. */
export interface Decision {
  readonly action: Action;
  readonly reason: Reason;
  /** The record to write. With action `none`, the record as it was, or as it would be if opened. */
  readonly burst: RecordedBurst;
  readonly before: RecordedBurst | null;
  /** The burst behind the incident; null for an incident that was merged into another. */
  readonly finding: Finding | null;
}

/** Returns why a finding is not opened; null for every other decision. */
export function notOpenedReason({ reason }: Decision): NotOpenedReason | null {
  return notOpenedReasons.find((each) => each === reason) ?? null;
}
