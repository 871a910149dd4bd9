import type { Streak } from "../detection/bursts/streak.ts";
import { windowKind } from "../detection/bursts/windowKinds.ts";
import { findNeighbourhoods, union } from "../detection/decisions/neighbourhood.ts";
import { foundByRules } from "../detection/decisions/record.ts";
import { ruleViews, type RuleView } from "../detection/decisions/ruleViews.ts";
import { currentNames, type Family } from "../detection/rules/families.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Sighting } from "../detection/signin/sighting.ts";
import type { Activity } from "./newActivity.ts";
import type { Range, SubjectRecord } from "./ports.ts";

/** How far from the activity to read, in milliseconds. Beyond it, counts say "at least". */
export const farthest = 24 * 3_600_000;

/** What one family of rules sees in an account. */
export interface FamilyView {
  readonly family: Family;
  readonly head: SubjectRecord;
  /** The whole streaks that the activity belongs to, and all prompts that were read. */
  readonly views: readonly RuleView[];
  /** Covers the activity, those streaks and the recorded bursts that they belong to. */
  readonly hull: Range;
}

export interface ViewedAccount extends Activity {
  readonly families: readonly FamilyView[];
}

/** What a family sees in the sightings of a span. The activity itself counts as a streak without denials. */
export function look(
  { account, span }: Activity,
  { family, head }: Pick<FamilyView, "family" | "head">,
  sightings: readonly Sighting[],
): FamilyView {
  const views = ruleViews(family.rules, account, sightings);
  const active: Streak = { denials: [], extent: span, triggeredAt: null };
  // Every streak counts as a finding here, so that everything that may be one attack is read.
  const streaks = views.flatMap(({ rule, streaks: own, hidden }) =>
    [active, ...own, ...hidden].map((streak) => ({ rule, streak, verdict: "finding" as const })),
  );
  const current = currentNames(family.rules);
  const around = findNeighbourhoods(streaks, head.bursts, (burst) =>
    foundByRules(head.subject, burst, current),
  ).find((each) => each.streaks.some(({ streak }) => streak === active));
  const near = new Set(around?.streaks.map(({ streak }) => streak));
  return {
    family,
    head,
    views: views.map((view) => ({
      ...view,
      streaks: view.streaks.filter((streak) => near.has(streak)),
      hidden: view.hidden.filter((streak) => near.has(streak)),
    })),
    // Stryker disable next-line OptionalChaining: only for the compiler, every streak lies somewhere.
    hull: around?.extent ?? span,
  };
}

export function spanAround(
  { span: active, families }: ViewedAccount,
  windows: (rule: Rule) => number,
): { readonly span: Range; readonly clipped: boolean } {
  const asked = families
    .flatMap(({ family, hull }) =>
      family.rules.map((rule) => {
        const margin = windows(rule) * rule.windowMs;
        return { from: hull.from - margin, to: hull.to + margin };
      }),
    )
    .reduce(union, active);
  const span = {
    from: Math.max(asked.from, active.from - farthest),
    to: Math.min(asked.to, active.to + farthest),
  };
  return { span, clipped: span.from > asked.from || span.to < asked.to };
}

/** Reports whether a streak reached the threshold, even one that an exclusion hides. */
export function hasFired({ streaks, hidden }: RuleView): boolean {
  return hidden.length > 0 || streaks.some(({ triggeredAt }) => triggeredAt !== null);
}

export function silenceOf(rule: Rule): number {
  return windowKind(rule).silence;
}
