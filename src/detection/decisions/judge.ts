import type { Streak } from "../bursts/streak.ts";
import { overlaps } from "../bursts/windowing.ts";
import { currentNames } from "../rules/families.ts";
import { higher, type Rule } from "../rules/rule.ts";
import { allNames } from "../signin/account.ts";
import { hold, reasonOf } from "./change.ts";
import type { Decision, Reason } from "./decision.ts";
import {
  findingOf,
  recordedFindingOf,
  surroundingsOf,
  type Judgement,
  type Prepared,
} from "./findingOf.ts";
import { judgeHidden } from "./judgeHidden.ts";
import {
  commonWindow,
  findNeighbourhoods,
  type Neighbourhood,
  type RuleStreak,
  type Verdict,
} from "./neighbourhood.ts";
import { newBurst, rulesField, toldField } from "./newBurst.ts";
import { foundByRules, type RecordedBurst } from "./record.ts";
import { newsOf } from "./told.ts";

/**
 * Judges everything known about one subject against its records. The result depends only on these, not on the order
 * of the rows. There is a decision for every burst that fires and every record that changes.
 */
export function judge(judgement: Judgement): readonly Decision[] {
  const namesNow = currentNames(judgement.views.map(({ rule }) => rule));
  const prepared: Prepared = {
    ...judgement,
    approvals: judgement.approvals.toSorted((a, b) => a.at - b.at),
    foundBy: (burst) => foundByRules(judgement.subject, burst, namesNow),
    names: allNames(judgement.subject),
  };
  const streaks = judgement.views.flatMap(({ rule, streaks: own }) =>
    own.map((streak) => ({ rule, streak, verdict: verdictOn(prepared, rule, streak) })),
  );
  // A hidden burst need not be reported if another rule opens an incident for it.
  const told = streaks.filter(({ verdict }) => verdict === "finding");
  return [
    ...findNeighbourhoods(streaks, judgement.recorded, prepared.foundBy).flatMap((neighbourhood) =>
      judgeBurst(prepared, neighbourhood),
    ),
    ...judgement.views.flatMap((view) =>
      view.hidden
        .filter(({ extent }) => !told.some(({ streak }) => overlaps(streak.extent, extent)))
        .flatMap((streak) => judgeHidden(prepared, view, streak)),
    ),
  ];
}

function verdictOn(judgement: Prepared, rule: Rule, streak: Streak): Verdict {
  const { triggeredAt } = streak;
  if (triggeredAt === null) {
    return "below-threshold";
  }
  const opening = rule.mode === "shadow" ? "shadow" : "finding";
  if (!rule.approvalRequired) {
    return opening;
  }
  const { approvals, context } = surroundingsOf(judgement, [rule], streak.denials, triggeredAt);
  if (approvals.length === 0) {
    return "awaiting-approval";
  }
  return rule.originDecides && context()?.origins.verdict === "usual" ? "usual-origin" : opening;
}

function judgeBurst(judgement: Prepared, neighbourhood: Neighbourhood): readonly Decision[] {
  const [keeper, ...others] = neighbourhood.recorded
    .filter((burst) => burst.mergedInto === null)
    .toSorted(byFirstRecorded);
  return keeper === undefined
    ? judgeNew(judgement, neighbourhood)
    : judgeKnown(judgement, neighbourhood, keeper, others);
}

function byFirstRecorded(a: RecordedBurst, b: RecordedBurst): number {
  // Stryker disable next-line EqualityOperator: no two records have the same id.
  return a.firstRecordedAt - b.firstRecordedAt || (a.id < b.id ? -1 : 1);
}

/** Judges a neighbourhood without a record. */
function judgeNew(judgement: Prepared, neighbourhood: Neighbourhood): readonly Decision[] {
  const { openFrom } = judgement;
  const firing = neighbourhood.streaks.filter(({ streak }) => streak.triggeredAt !== null);
  const finding = findingOf(judgement, neighbourhood.streaks, firing);
  if (finding === null) {
    return [];
  }
  const burst = newBurst(judgement, finding, neighbourhood.extent);
  const reason = newReason(firing, finding.facts.firstDenialAt < (openFrom ?? -Infinity));
  const action = reason === "first-seen" ? "open" : "none";
  return [{ action, reason, burst, before: null, finding }];
}

function newReason(firing: readonly RuleStreak[], isBeyondRetention: boolean): Reason {
  if (isBeyondRetention) {
    return "beyond-retention";
  }
  const verdicts = new Set(firing.map(({ verdict }) => verdict));
  if (verdicts.has("finding")) {
    return "first-seen";
  }
  return verdicts.has("shadow")
    ? "shadow"
    : verdicts.has("usual-origin")
      ? "usual-origin"
      : "awaiting-approval";
}

function judgeKnown(
  judgement: Prepared,
  neighbourhood: Neighbourhood,
  keeper: RecordedBurst,
  others: readonly RecordedBurst[],
): readonly Decision[] {
  const { subject, foundBy } = judgement;
  const { streaks, recorded, extent } = neighbourhood;
  const known = new Set([keeper, ...others, ...recorded].flatMap(foundBy));
  const firing = streaks.filter(
    ({ rule, streak, verdict }) =>
      verdict === "finding" || (streak.triggeredAt !== null && known.has(rule.id)),
  );
  const found = recordedFindingOf(judgement, streaks, firing, { known, keeper });
  const facts = others.reduce(
    (held, other) => ({ ...held, severity: higher(held.severity, other.facts.severity) }),
    hold(keeper.facts, found.facts),
  );
  const rules = [...new Set([...known, ...firing.map(({ rule }) => rule.id)])];
  const told = toldField(keeper.told ?? null, found);
  const news = newsOf(keeper.told ?? null, told.told ?? null);
  const outcome = { facts, extent, rules, news, merges: others.length > 0 };
  const reason = reasonOf(keeper, foundBy(keeper), outcome);
  if (reason === "unchanged" && firing.length === 0) {
    return [];
  }
  const revision = keeper.revision + 1;
  const burst: RecordedBurst =
    reason === "unchanged"
      ? keeper
      : {
          ...keeper,
          extent,
          ...commonWindow([...found.rules, ...recorded]),
          ...rulesField(subject, rules),
          facts,
          ...told,
          revision,
          severitySince: facts.severity === keeper.facts.severity ? keeper.severitySince : revision,
        };
  const merged = others.map((other): Decision => ({
    action: "update",
    reason: "merged",
    burst: { ...other, mergedInto: keeper.id, revision: other.revision + 1 },
    before: other,
    finding: null,
  }));
  const action = reason === "unchanged" ? "none" : "update";
  return [{ action, reason, burst, before: keeper, finding: { ...found, facts } }, ...merged];
}
