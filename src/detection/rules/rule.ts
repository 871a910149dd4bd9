import { noExclusions, type Exclusions } from "../signin/exclusions.ts";
import type { PromptOutcome } from "../signin/outcome.ts";

export const severities = ["Informational", "Low", "Medium", "High"] as const;

export type Severity = (typeof severities)[number];

export function higher(a: Severity, b: Severity): Severity {
  // Stryker disable next-line EqualityOperator: of equal ones it does not matter which.
  return severities.indexOf(a) >= severities.indexOf(b) ? a : b;
}

/** What makes denials a finding, and what is said of it. Durations in milliseconds. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  /** Whether it runs where nothing else is asked for. */
  readonly enabled: boolean;
  readonly kind: "sliding" | "tumbling";
  readonly windowMs: number;
  /** Denials that fire, at least 1. */
  readonly threshold: number;
  /** The outcomes that count as denials. */
  readonly counted: readonly PromptOutcome[];
  /** Of a finding that nothing raises. */
  readonly severity: Severity;
  /** Risk score for the user, where the rule's source states one. */
  readonly riskScore: number | null;
  /** No finding without an approval after the denials. */
  readonly approvalRequired: boolean;
  /** How long after the last denial an approval still belongs to the burst. */
  readonly approvalWatchMs: number;
  /** Which approvals raise the severity: any, or only those of the same request or address. */
  readonly approvalRaises: "any" | "matched";
  readonly exclusions: Exclusions;
  /** MITRE ATT&CK. */
  readonly techniques: readonly string[];
  /** One sentence for the incident; `{user}`, `{threshold}`, `{below}` (one less) and `{window}` are filled in. */
  readonly message: string;
  readonly knownFalsePositives: string;
  readonly source: string;
}

const minute = 60_000;

const common = {
  approvalRequired: false,
  approvalWatchMs: 60 * minute,
  approvalRaises: "any",
  exclusions: noExclusions,
  riskScore: null,
} as const;

/** The rules that ship, in the order in which they are listed. */
export const presets: readonly Rule[] = [
  {
    ...common,
    id: "explicit-mfa-deny",
    name: "Explicit MFA Deny Detection",
    enabled: true,
    kind: "sliding",
    windowMs: 15 * minute,
    threshold: 5,
    counted: ["denied", "fraudReported"],
    severity: "Medium",
    techniques: ["T1621", "T1078.004"],
    message: "User {user} refused more than {below} MFA prompts within {window}.",
    knownFalsePositives:
      "A user who refuses prompts of an application or device that signs in by itself in the background; a user who is being enrolled or tested.",
    source: "Explicit MFA Deny Detection",
  },
  {
    ...common,
    id: "azure-ad-multiple-denied-mfa",
    name: "Azure AD Multiple Denied MFA Requests For User",
    enabled: false,
    kind: "tumbling",
    windowMs: 10 * minute,
    threshold: 10,
    counted: ["denied"],
    severity: "Medium",
    riskScore: 50,
    techniques: ["T1621"],
    message: "User {user} denied more than {below} MFA requests in a timespan of {window}.",
    knownFalsePositives:
      "Multiple denied MFA requests in a short span may also be a sign of authentication errors. Investigate and filter as needed.",
    source:
      "Splunk ESCU, Azure AD Multiple Denied MFA Requests For User, id d0895c20-de71-4fd2-b56c-3fcdb888eba1, version 11",
  },
  {
    ...common,
    id: "mfa-deny-then-approve",
    name: "MFA Denials Followed By An Approval",
    enabled: false,
    kind: "sliding",
    windowMs: 60 * minute,
    threshold: 2,
    counted: ["denied", "fraudReported"],
    severity: "High",
    approvalRequired: true,
    techniques: ["T1621", "T1078.004"],
    message:
      "User {user} refused {threshold} or more MFA prompts within {window} and then approved one.",
    knownFalsePositives:
      "A user who refused prompts of their own sign-in by mistake and approved the next one.",
    source: "mfa-deny-detector",
  },
];
