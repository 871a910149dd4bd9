export type AttackKind =
  | "approved"
  | "bucket-edge"
  | "rotating-addresses"
  | "low-and-slow"
  | "fraud-report"
  | "nps-push-bombing"
  | "late"
  | "two-then-approve"
  | "many"
  | "guest"
  | "across-midnight"
  | "duplicates"
  | "mixed-case";

/** Rules that a true attack can be expected to fire, with their default numbers. */
export type RuleId = "explicit-mfa-deny" | "azure-ad-multiple-denied-mfa" | "mfa-deny-then-approve";

export type ApprovalMatch = "same-request" | "same-address" | "other";

interface ExpectedRule {
  readonly rule: RuleId;
  readonly denials: number;
  readonly firstDenialAt: number;
  readonly triggeredAt: number;
  readonly lastDenialAt: number;
  readonly severity: "Medium" | "High";
}

/** What really happened. Times are epoch milliseconds. The outcome is known, not detected. */
export interface TrueAttack {
  readonly kind: AttackKind;
  readonly tenantId: string;
  /** The user's name in lower case. */
  readonly user: string;
  readonly userId: string;
  /** Distinct refused prompts, including reports of fraud. */
  readonly denials: number;
  readonly fraudReports: number;
  readonly firstDenialAt: number;
  readonly lastDenialAt: number;
  readonly approvedAt: number | null;
  readonly approvalMatch: ApprovalMatch | null;
  /** When its last row was published. Nothing changes afterwards. */
  readonly settledAt: number;
  /** Empty if no rule may fire. */
  readonly expectedRules: readonly ExpectedRule[];
}
