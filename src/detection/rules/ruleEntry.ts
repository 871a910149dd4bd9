import type { PromptOutcome } from "../signin/outcome.ts";
import type { Rule } from "./rule.ts";

/** One value of a list, or a watchlist's column of such values. */
export type Listed = string | { readonly watchlist: string; readonly column: string };

/** The conditions on the users and origins of denials, as written in a file of rules. */
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
  /** The last day on which it applies, in UTC. */
  readonly until?: string | undefined;
}

/** One rule as written in a file. Durations and ranges are texts, and missing members get their values elsewhere. */
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
  /** The older form of `DETECTION_RULES`, in which each kind excludes by itself. */
  readonly exclusions?: Pick<SelectorEntry, "users" | "addresses" | "applications"> | undefined;
}

/** Address ranges, by the names that rules of the same file use. */
export type NamedRanges = Readonly<Record<string, readonly string[]>>;
