import { parseCidr } from "../signin/cidr.ts";
import { everything, type Exclusion, type Scope } from "../signin/scope.ts";
import { anything, listedKinds, type ListedKind, type Selector } from "../signin/selector.ts";
import { parseDuration } from "./duration.ts";
import type { Rule } from "./rule.ts";
import type { ExclusionEntry, Listed, NamedRanges, RuleEntry, SelectorEntry } from "./ruleEntry.ts";

const minute = 60_000;
const day = 86_400_000;

/** The values of a rule for which neither the rule nor its base has any. */
export const plainRule = {
  basedOn: null,
  wasId: [],
  wasFamily: [],
  description: "",
  mode: "on",
  kind: "sliding",
  counted: ["denied", "fraudReported"],
  severity: "Medium",
  originDecides: false,
  usualOriginSeverity: null,
  riskScore: null,
  approvalRequired: false,
  approvalWatchMs: 60 * minute,
  approvalRaises: "any",
  scope: everything,
  techniques: ["T1621"],
  message: "User {user} {refused} {threshold} or more MFA prompts within {window}.",
  knownFalsePositives: "",
  source: "",
} as const satisfies Partial<Rule>;

/** What a rule gets from outside its entry. */
export interface RuleGround {
  /** The rule that it is based on; null if there is none. */
  readonly base: Rule | null;
  /** Values that settings give all rules. */
  readonly defaults?: Partial<Rule>;
  /** Returns the family of a rule that ships, otherwise the id itself. */
  readonly familyOf?: (id: string) => string;
  readonly ranges?: NamedRanges;
}

/**
 * Returns the rule that an entry describes.
 *
 * @param entry a valid entry
 */
export function ruleOf(entry: RuleEntry, ground: RuleGround): Rule {
  const { base, defaults = {}, ranges = {}, familyOf = (id) => id } = ground;
  const wasId = [entry.wasId ?? []].flat();
  // A rule that was renamed keeps its family's name, under which its findings are recorded.
  const usual = familyOf(wasId[0] ?? entry.id);
  const family = entry.family ?? usual;
  const families = new Set([...[entry.wasFamily ?? []].flat(), usual]);
  families.delete(family);
  const own: Partial<Rule> = definedOf({
    name: entry.name,
    description: entry.description,
    kind: entry.kind,
    windowMs: durationOf(entry.window),
    threshold: entry.threshold,
    counted: entry.counted,
    severity: entry.severity,
    usualOriginSeverity: entry.usualOriginSeverity === "none" ? null : entry.usualOriginSeverity,
    originDecides: entry.originDecides,
    riskScore: entry.riskScore,
    approvalRequired: entry.approval?.required,
    approvalWatchMs: durationOf(entry.approval?.watch),
    approvalRaises: entry.approval?.raises,
    techniques: entry.techniques,
    message: entry.message,
    knownFalsePositives: entry.knownFalsePositives,
    source: entry.source,
  });
  return {
    name: entry.id,
    windowMs: 15 * minute,
    threshold: 5,
    ...plainRule,
    ...base,
    ...defaults,
    ...own,
    id: entry.id,
    basedOn: base === null || base.id === entry.id ? null : base.id,
    wasId,
    family,
    wasFamily: [...families],
    // A rule that somebody writes down is on, even if it is based on one that ships switched off.
    mode: entry.mode ?? "on",
    scope: scopeOf(entry, ranges),
  };
}

function durationOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (parseDuration(text) ?? undefined);
}

function definedOf(values: object): Partial<Rule> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function scopeOf(
  { appliesTo, exclude = [], exclusions = {} }: RuleEntry,
  ranges: NamedRanges,
): Scope {
  const all = [
    ...exclude.map((entry) => exclusionOf(entry, ranges)),
    ...(["users", "addresses", "applications"] as const)
      .filter((kind) => (exclusions[kind] ?? []).length > 0)
      .map((kind) => ({
        of: selectorOf({ [kind]: exclusions[kind] }, ranges),
        reason: null,
        owner: null,
        until: null,
      })),
  ];
  return appliesTo === undefined && all.length === 0
    ? everything
    : {
        appliesTo: appliesTo === undefined ? anything : selectorOf(appliesTo, ranges),
        exclude: all,
      };
}

function exclusionOf(
  { reason, owner, until, ...entry }: ExclusionEntry,
  ranges: NamedRanges,
): Exclusion {
  return {
    of: selectorOf(entry, ranges),
    reason,
    owner: owner ?? null,
    until: until === undefined ? null : Date.parse(`${until}T00:00:00Z`) + day,
  };
}

function selectorOf(entry: SelectorEntry, ranges: NamedRanges): Selector {
  const texts = (kind: ListedKind) =>
    (entry[kind] ?? []).filter((each) => typeof each === "string").map((each) => each.trim());
  const lower = (kind: ListedKind) => texts(kind).map((each) => each.toLowerCase());
  return {
    users: lower("users"),
    domains: lower("domains"),
    userType: entry.userType ?? null,
    applications: lower("applications"),
    addresses: texts("addresses")
      .flatMap((each) => ranges[each] ?? each)
      .flatMap((each) => parseCidr(each) ?? []),
    countries: (entry.countries ?? []).map((each) => each.toLowerCase()),
    watchlists: listedKinds.flatMap((kind) =>
      (entry[kind] ?? []).filter(isReference).map((each) => ({ ...each, kind })),
    ),
  };
}

function isReference(value: Listed): value is Exclude<Listed, string> {
  return typeof value !== "string";
}
