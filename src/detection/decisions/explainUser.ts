import { densestWindow, type Density, type Streak } from "../bursts/streak.ts";
import { counted } from "../bursts/countDenials.ts";
import { approvalWatch } from "./approval.ts";
import type { Decision } from "./decision.ts";
import { judge } from "./judge.ts";
import { allNames, type Account } from "../signin/account.ts";
import { isExcluded, isInScope } from "../signin/scope.ts";
import { groupPrompts, matchPrompts, resolvePrompts, type Prompt } from "../prompts/prompt.ts";
import type { Subject } from "./record.ts";
import { ruleViews, type RuleView } from "./ruleViews.ts";
import { familiesOf } from "../rules/families.ts";
import type { Rule } from "../rules/rule.ts";
import type { Approval, Sighting } from "../signin/sighting.ts";
import type { Extent } from "../bursts/windowing.ts";

/** How a rule treats a sighting. */
export type Fate =
  /** Its prompt is a denial that the rule counts, once for all its sightings. */
  | "counted"
  /** Its prompt ended in a way that the rule does not count. */
  | "other-outcome"
  /** A Status of a request whose outcome a step reports. */
  | "silenced"
  | "excluded"
  /** The rule is not for this user. */
  | "elsewhere";

/** What a rule needs to fire. */
export interface Missing {
  /** The number of further denials needed within one window. */
  readonly denials: number;
  /** Whether an approval is needed: none, any, or one in this span if the threshold was reached. */
  readonly approval: "none" | "any" | Extent;
}

export interface StreakExplanation {
  readonly streak: Streak;
  readonly densest: Density | null;
  /** The decision of a detector without memory; null if the threshold was not reached. */
  readonly decision: Decision | null;
  /** Null for a finding. */
  readonly missing: Missing | null;
}

export interface RuleExplanation {
  readonly rule: Rule;
  readonly denials: readonly Prompt[];
  readonly fateOf: (sighting: Sighting) => Fate;
  /** How close the rule came to firing, over all denials. */
  readonly densest: Density | null;
  /** In the form of `findStreaks`: for a tumbling rule, only those that fired. */
  readonly streaks: readonly StreakExplanation[];
  /** For the streak that came closest; null if there is a finding. */
  readonly missing: Missing | null;
}

export interface Observed {
  readonly rules: readonly Rule[];
  readonly account: Pick<Subject, "tenantId" | "user">;
  /** All of one account, in any order. */
  readonly sightings: readonly Sighting[];
  readonly approvals: readonly Approval[];
  readonly incidentId: (name: string) => string;
}

/** Explains why rules fire on a user or not. It takes the same steps as a detection, with the result of each. */
export function explainRules(observed: Observed): readonly RuleExplanation[] {
  const { rules, account, sightings } = observed;
  const views = ruleViews(rules, account, sightings);
  const decisions = familiesOf(rules).flatMap((family) => {
    const subject = { ...account, rule: family.name, workspaceId: null };
    const own = views.filter(({ rule }) => family.rules.includes(rule));
    return judge({ ...observed, subject, views: own, ...withoutMemory });
  });
  return views.map((view) => explainView(view, decisions, observed));
}

function explainView(
  { rule, prompts, streaks: found }: RuleView,
  decisions: readonly Decision[],
  { account, sightings }: Observed,
): RuleExplanation {
  const streaks = found.map((streak) => {
    const densest = densestWindow(rule, streak.denials);
    const decision = decisions.find((each) => isAbout(each, rule, streak)) ?? null;
    return { streak, densest, decision, missing: missingOf(rule, densest, decision) };
  });
  const denials = counted(rule, prompts);
  const densest = densestWindow(rule, denials);
  return {
    rule,
    denials,
    fateOf: fatesUnder(rule, account, sightings),
    densest,
    streaks,
    missing:
      streaks.length === 0
        ? missingOf(rule, densest, null)
        : nearest(streaks.map((each) => each.missing)),
  };
}

/** Reports whether a decision is about a streak of the rule. Rules of a family share decisions. */
function isAbout({ burst, finding }: Decision, rule: Rule, { extent }: Streak): boolean {
  return (
    finding !== null &&
    finding.excludedBy === undefined &&
    finding.rules.includes(rule) &&
    burst.extent.from <= extent.from &&
    burst.extent.to >= extent.to
  );
}

const withoutMemory = { recorded: [], openFrom: null, bounded: false } as const;

function missingOf(rule: Rule, densest: Density | null, decision: Decision | null): Missing | null {
  if (decision === null) {
    return {
      denials: rule.threshold - (densest?.denials ?? 0),
      approval: rule.approvalRequired ? "any" : "none",
    };
  }
  const { triggeredAt, lastDenialAt } = decision.burst.facts;
  return decision.reason === "awaiting-approval"
    ? { denials: 0, approval: approvalWatch(rule, triggeredAt, lastDenialAt) }
    : null;
}

/** Returns null if any of them is null; otherwise the one with the fewest missing denials, or the first of several. */
function nearest(all: readonly (Missing | null)[]): Missing | null {
  return all.reduce((least, each) =>
    least === null || each === null ? null : each.denials < least.denials ? each : least,
  );
}

function fatesUnder(
  rule: Rule,
  account: Account,
  sightings: readonly Sighting[],
): (sighting: Sighting) => Fate {
  const names = allNames(account);
  const isIn = (sighting: Sighting) => isInScope(rule.scope, names, sighting);
  const included = sightings.filter(isIn);
  const match = matchPrompts(included);
  const prompts = groupPrompts(included);
  return (sighting) => {
    if (!isIn(sighting)) {
      return isExcluded(rule.scope, names, sighting) ? "excluded" : "elsewhere";
    }
    const { prompt } = match(sighting);
    if (prompt === null) {
      return "silenced";
    }
    const { sightings: seen } = prompts.get(prompt) ?? { sightings: [sighting] };
    return seen.some(({ outcome }) => rule.counted.includes(outcome)) ? "counted" : "other-outcome";
  };
}

/** The prompts of an account, numbered from 1 by time, and a lookup from sighting to prompt. */
export interface PromptIndex {
  readonly prompts: readonly Prompt[];
  /** `number` is null for a Status that adds no prompt. */
  readonly find: (sighting: Sighting) => {
    readonly number: number | null;
    readonly by: ReturnType<ReturnType<typeof matchPrompts>>["by"];
  };
}

/** @param sightings all of one account */
export function indexPrompts(sightings: readonly Sighting[]): PromptIndex {
  const match = matchPrompts(sightings);
  const prompts = resolvePrompts(sightings);
  const numbers = new Map(
    prompts.flatMap((prompt, index) =>
      prompt.sightings.map((sighting) => [match(sighting).prompt, index + 1] as const),
    ),
  );
  return {
    prompts,
    find: (sighting) => {
      const { by, prompt } = match(sighting);
      return { by, number: numbers.get(prompt) ?? null };
    },
  };
}
