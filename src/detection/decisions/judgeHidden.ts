import type { Streak } from "../bursts/streak.ts";
import { overlaps } from "../bursts/windowing.ts";
import { exclusionOf } from "../signin/scope.ts";
import type { Decision } from "./decision.ts";
import { findingOf, type Prepared } from "./findingOf.ts";
import { newBurst } from "./newBurst.ts";
import type { RuleView } from "./ruleViews.ts";
import { isTakenOver } from "./severity.ts";

/** Judges a burst that an exclusion hides. Nothing is opened, but a bad end is looked for and reported. */
export function judgeHidden(
  judgement: Prepared,
  view: RuleView,
  streak: Streak,
): readonly Decision[] {
  const { rule } = view;
  const { names } = judgement;
  const parts = [{ rule, streak, verdict: "finding" }] as const;
  const found = findingOf({ ...judgement, views: [view] }, parts, parts);
  if (found === null || judgement.recorded.some(({ extent }) => overlaps(extent, streak.extent))) {
    return [];
  }
  const by = streak.denials.flatMap(({ sightings }) =>
    sightings.flatMap((sighting) => exclusionOf(rule.scope, names, sighting) ?? []),
  );
  const finding = { ...found, excludedBy: [...new Set(by)] };
  const isBad =
    finding.facts.approval !== null ||
    (found.context !== null && isTakenOver(found.context, finding.facts.triggeredAt));
  const burst = newBurst(judgement, finding, streak.extent);
  const reason = isBad ? "excluded" : "awaiting-approval";
  return [{ action: "none", reason, burst, before: null, finding }];
}
