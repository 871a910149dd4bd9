import type { PromptOutcome } from "../signin/outcome.ts";
import type { Rule } from "./rule.ts";

/** One value of a list, or a column of a watchlist that holds such values. */
export type Listed = string | { readonly watchlist: string; readonly column: string };

/** Whom and what denials have to be of, as a file of rules says it. */
export interface SelectorEntry {
  readonly users?: readonly Listed[] | undefined;
  readonly domains?: readonly Listed[] | undefined;
  readonly userType?: "guest" | "member" | undefined;
  readonly applications?: readonly Listed[] | undefined;
  readonly addresses?: readonly Listed[] | undefined;
  readonly countries?: readonly string[] | undefined;
}

export interface ExclusionEntry extends SelectorEntry {
  readonly reason: string;
  readonly owner?: string | undefined;
  /** The last day on which it holds, in UTC. */
  readonly until?: string | undefined;
}

/** One rule as a file says it: durations and ranges are texts, and what it does not say comes from elsewhere. */
export interface RuleEntry {
  readonly id: string;
  readonly basedOn?: string | undefined;
  readonly wasId?: string | readonly string[] | undefined;
  readonly family?: string | undefined;
  readonly wasFamily?: string | readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly mode?: Rule["mode"] | undefined;
  readonly kind?: Rule["kind"] | undefined;
  readonly window?: string | undefined;
  readonly threshold?: number | undefined;
  readonly counted?: readonly PromptOutcome[] | undefined;
  readonly severity?: Rule["severity"] | undefined;
  readonly usualOriginSeverity?: "none" | "Informational" | "Low" | "Medium" | undefined;
  readonly originDecides?: boolean | undefined;
  readonly riskScore?: number | undefined;
  readonly approval?:
    | {
        readonly required?: boolean | undefined;
        readonly watch?: string | undefined;
        readonly raises?: Rule["approvalRaises"] | undefined;
      }
    | undefined;
  readonly techniques?: readonly string[] | undefined;
  readonly message?: string | undefined;
  readonly knownFalsePositives?: string | undefined;
  readonly source?: string | undefined;
  readonly appliesTo?: SelectorEntry | undefined;
  readonly exclude?: readonly ExclusionEntry[] | undefined;
  /** As `DETECTION_RULES` always had it: each of the kinds leaves out by itself. */
  readonly exclusions?: Pick<SelectorEntry, "users" | "addresses" | "applications"> | undefined;
}

/** Ranges of addresses that rules of the same file name. */
export type NamedRanges = Readonly<Record<string, readonly string[]>>;
