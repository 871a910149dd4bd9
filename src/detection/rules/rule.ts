import type { PromptOutcome } from "../signin/outcome.ts";
import type { Scope } from "../signin/scope.ts";

export const severities = ["Informational", "Low", "Medium", "High"] as const;

export type Severity = (typeof severities)[number];

export function higher(a: Severity, b: Severity): Severity {
  return rankOf(a) < rankOf(b) ? b : a;
}

export function lower(a: Severity, b: Severity): Severity {
  return rankOf(a) < rankOf(b) ? a : b;
}

function rankOf(severity: Severity): number {
  return severities.indexOf(severity);
}

/** Every kind of window, with the words before its length: "5 denials within 15 minutes". */
export const windowWords = { sliding: "within", tumbling: "in a fixed span of" } as const;

export type WindowKindName = keyof typeof windowWords;

export function isWindowKind(name: unknown): name is WindowKindName {
  return typeof name === "string" && Object.hasOwn(windowWords, name);
}

/** `shadow` means that findings are counted and shown, but no incidents are opened for them. */
export const ruleModes = ["on", "shadow", "off"] as const;

type RuleMode = (typeof ruleModes)[number];

export const approvalsThatRaise = ["any", "matched"] as const;

/** When denials are a finding, and what the incident says. Durations in milliseconds. */
export interface Rule {
  readonly id: string;
  /** The id of the rule that it is based on; null if there is none. */
  readonly basedOn: string | null;
  /** Former ids, the latest last. What it found under them remains its own. */
  readonly wasId: readonly string[];
  /** Findings of one family and account that overlap in time share an incident. A rule's own id if it is alone. */
  readonly family: string;
  /** Former families. Their records belong to `family`, unless other rules are still in them. */
  readonly wasFamily: readonly string[];
  readonly name: string;
  readonly description: string;
  /** For a rule that ships, whether it is on by default. */
  readonly mode: RuleMode;
  readonly kind: WindowKindName;
  readonly windowMs: number;
  /** Denials in one window that make the rule fire; at least 1. */
  readonly threshold: number;
  /** The outcomes that count as denials. */
  readonly counted: readonly PromptOutcome[];
  /** Severity of a finding that nothing raises. */
  readonly severity: Severity;
  /**
   * Whether the origin alone decides the severity: `severity` if it is new to the user or mixed, Medium if that is
   * unknown; a finding from a usual origin is not opened.
   */
  readonly originDecides: boolean;
  /** A lower severity for findings from a usual origin; null for none. */
  readonly usualOriginSeverity: Severity | null;
  /** Risk score of the user; null if the rule's source states none. */
  readonly riskScore: number | null;
  /** Whether only denials followed by an approval are a finding. */
  readonly approvalRequired: boolean;
  /** How long after the last denial an approval still belongs to the burst. */
  readonly approvalWatchMs: number;
  /** Which approvals raise the severity: any, or only those of the same request or address. */
  readonly approvalRaises: (typeof approvalsThatRaise)[number];
  readonly scope: Scope;
  /** MITRE ATT&CK. */
  readonly techniques: readonly string[];
  /**
   * One sentence for the incident. `{user}`, `{threshold}`, `{below}` (one less) and `{window}` are filled in, and
   * `{refused}` or `{denied}`, which becomes "did not approve" where more than refusals counts.
   */
  readonly message: string;
  readonly knownFalsePositives: string;
  readonly source: string;
}
