import type { Streak } from "../bursts/streak.ts";
import type { ContextOf } from "../context/context.ts";
import type { Prompt } from "../prompts/prompt.ts";
import { higher, type Rule } from "../rules/rule.ts";
import type { Approval } from "../signin/sighting.ts";
import { approvalsOf, distinctApprovals } from "./approval.ts";
import { hold, reasonOf } from "./change.ts";
import type { Decision, Reason } from "./decision.ts";
import { assess, countSupporting, gatherEvidence, spanOf, type Finding } from "./finding.ts";
import {
  findNeighbourhoods,
  hasSameWindow,
  type FoundBy,
  type Neighbourhood,
  type RuleStreak,
  type Verdict,
} from "./neighbourhood.ts";
import { foundByRules, incidentName, type RecordedBurst, type Subject } from "./record.ts";
import type { RuleView } from "./ruleViews.ts";
import type { WeighedBefore } from "./severity.ts";
import { holdTold, newsOf, toldOf, type ToldContext } from "./told.ts";

export interface Judgement {
  readonly subject: Subject;
  /** Everything recorded for the subject. */
  readonly recorded: readonly RecordedBurst[];
  /** The rules of the subject's family. */
  readonly views: readonly RuleView[];
  /** All of the same account, in any order. */
  readonly approvals: readonly Approval[];
  /** Returns the id for the name of a new incident. */
  readonly incidentId: (name: string) => string;
  /**
   * A burst that begins before this time (epoch ms) is not opened, because its record may have been pruned. Null:
   * no limit.
   */
  readonly openFrom: number | null;
  /** Whether reading stopped at a limit. Streaks may then be longer than they look. */
  readonly bounded: boolean;
  /** Returns what the logs around a burst say. Absent if nothing was looked up. */
  readonly contextOf?: ContextOf;
}

interface Prepared extends Judgement {
  readonly foundBy: FoundBy;
}

/**
 * Judges everything known about one subject against its records. The result depends only on these, not on the order
 * of the rows. There is a decision for every burst that fires and every record that changes.
 */
export function judge(judgement: Judgement): readonly Decision[] {
  const prepared: Prepared = {
    ...judgement,
    approvals: judgement.approvals.toSorted((a, b) => a.at - b.at),
    foundBy: (burst) => foundByRules(judgement.subject, burst),
  };
  const streaks = judgement.views.flatMap(({ rule, streaks: own }) =>
    own.map((streak) => ({ rule, streak, verdict: verdictOn(prepared, rule, streak) })),
  );
  return findNeighbourhoods(streaks, judgement.recorded, prepared.foundBy).flatMap(
    (neighbourhood) => judgeBurst(prepared, neighbourhood),
  );
}

function verdictOn(judgement: Prepared, rule: Rule, streak: Streak): Verdict {
  const { triggeredAt } = streak;
  if (triggeredAt === null) {
    return "below-threshold";
  }
  if (!rule.approvalRequired) {
    return "finding";
  }
  const { approvals, context } = surroundingsOf(judgement, [rule], streak.denials, triggeredAt);
  if (approvals.length === 0) {
    return "awaiting-approval";
  }
  return rule.originDecides && context?.origins.verdict === "usual" ? "usual-origin" : "finding";
}

function surroundingsOf(
  { approvals: all, contextOf }: Prepared,
  rules: readonly Rule[],
  denials: readonly Prompt[],
  triggeredAt: number,
) {
  const approvals = approvalsOf(all, rules, triggeredAt, spanOf(denials).lastDenialAt);
  return { approvals, context: contextOf?.({ denials, triggeredAt, approvals }) ?? null };
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

/** Judges a neighbourhood without a record. Such a streak is alone unless it is a finding. */
function judgeNew(judgement: Prepared, neighbourhood: Neighbourhood): readonly Decision[] {
  const { subject, openFrom } = judgement;
  const firing = neighbourhood.streaks.filter(({ streak }) => streak.triggeredAt !== null);
  const finding = findingOf(judgement, neighbourhood.streaks, firing);
  if (finding === null) {
    return [];
  }
  const { rules, facts } = finding;
  const [opener] = rules;
  const burst: RecordedBurst = {
    id: judgement.incidentId(incidentName({ ...subject, rule: opener.id }, facts.firstDenialAt)),
    firstRecordedAt: facts.firstDenialAt,
    extent: neighbourhood.extent,
    kind: rules.every(({ kind }) => kind === opener.kind) ? opener.kind : "sliding",
    windowMs: Math.max(...rules.map(({ windowMs }) => windowMs)),
    ...rulesField(
      subject,
      rules.map(({ id }) => id),
    ),
    facts,
    ...toldField(null, finding),
    mergedInto: null,
    revision: 1,
    severitySince: 1,
  };
  const reason = newReason(firing, facts.firstDenialAt < (openFrom ?? -Infinity));
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
  return verdicts.has("usual-origin") ? "usual-origin" : "awaiting-approval";
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
  const found = findingOf(judgement, streaks, firing, { known, keeper });
  if (found === null) {
    return [];
  }
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
  const window = found.rules.reduce((a, b) => (b.windowMs > a.windowMs ? b : a));
  const revision = keeper.revision + 1;
  const burst: RecordedBurst =
    reason === "unchanged"
      ? keeper
      : {
          ...keeper,
          extent,
          kind: recorded.every((each) => hasSameWindow(window, each)) ? window.kind : "sliding",
          windowMs: recorded.reduce(
            (widest, each) => Math.max(widest, each.windowMs),
            window.windowMs,
          ),
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

/** Present only if something was looked up, now or before. */
function toldField(
  before: ToldContext | null,
  { context }: Pick<Finding, "context">,
): Pick<RecordedBurst, "told"> {
  const found = context === null ? null : toldOf(context);
  const told = before === null ? found : holdTold(before, found);
  return told === null ? {} : { told };
}

/** Present only if it says more than the subject does. */
function rulesField(subject: Subject, rules: readonly string[]): Pick<RecordedBurst, "rules"> {
  return rules.length === 1 && rules[0] === subject.rule ? {} : { rules };
}

/** The recorded burst that a neighbourhood belongs to, and the ids of the rules that found it or what it merges. */
interface Recorded {
  readonly keeper: RecordedBurst;
  readonly known: ReadonlySet<string>;
}

/**
 * Returns the finding of a neighbourhood.
 *
 * @param firing its streaks that fired
 * @returns null if nothing fired, now or before
 */
function findingOf(
  judgement: Prepared,
  streaks: readonly RuleStreak[],
  firing: readonly RuleStreak[],
  recorded: Recorded | null = null,
): Finding | null {
  const triggeredAt = earliestTrigger(firing) ?? recorded?.keeper.facts.triggeredAt ?? null;
  const rules = rulesOf(judgement, streaks, firing, recorded?.known ?? new Set());
  if (triggeredAt === null || rules === null) {
    return null;
  }
  const denials = distinctDenials(streaks);
  const { approvals: all, context } = surroundingsOf(judgement, rules, denials, triggeredAt);
  const before = recorded === null ? null : weighedBefore(recorded, denials);
  const weighed = assess({ rules, denials, triggeredAt, approvals: all, context, before });
  const facts = { ...weighed, atLeast: judgement.bounded };
  const prompts = judgement.views.find(({ rule }) => rule === rules[0])?.prompts ?? [];
  const supporting = countSupporting(rules, prompts, facts);
  const evidence = gatherEvidence(denials);
  const approvals = distinctApprovals(all);
  return { rules, facts, evidence, denials, approvals, supporting, context };
}

function weighedBefore(
  { keeper: { facts, told }, known: rules }: Recorded,
  denials: readonly Prompt[],
): WeighedBefore {
  const { firstDenialAt, lastDenialAt } = spanOf(denials);
  const isSame =
    facts.denials === denials.length &&
    facts.firstDenialAt === firstDenialAt &&
    facts.lastDenialAt === lastDenialAt;
  return { rules, verdict: isSame ? (told?.verdict ?? "unknown") : "unknown" };
}

function earliestTrigger(firing: readonly RuleStreak[]): number | null {
  const triggers = firing.flatMap(({ streak }) => streak.triggeredAt ?? []);
  return triggers.length === 0 ? null : triggers.reduce((a, b) => Math.min(a, b));
}

/** Returns the rules that found a burst, before or now, in the configured order. There is at least one rule in use. */
function rulesOf(
  { views }: Prepared,
  streaks: readonly RuleStreak[],
  firing: readonly RuleStreak[],
  known: ReadonlySet<string>,
): readonly [Rule, ...Rule[]] | null {
  const fired = new Set(firing.map(({ rule }) => rule));
  const found = views
    .map(({ rule }) => rule)
    .filter((rule) => fired.has(rule) || known.has(rule.id));
  // A burst recorded by a rule that is no longer in use goes to the rule that reads it now.
  const [first = known.size === 0 ? undefined : streaks[0]?.rule, ...more] = found;
  return first === undefined ? null : [first, ...more];
}

/** Returns the denials of several streaks, oldest first. A denial that several rules count appears once. */
function distinctDenials(streaks: readonly RuleStreak[]): readonly Prompt[] {
  const [first, ...others] = streaks;
  if (first !== undefined && others.length === 0) {
    return first.streak.denials;
  }
  const seen = new Set<unknown>();
  const denials = streaks
    .flatMap(({ streak }) => streak.denials)
    .filter((denial) => {
      // Rules with different exclusions see a prompt through different rows, but share at least one.
      const isNew = !denial.sightings.some((sighting) => seen.has(sighting));
      denial.sightings.forEach((sighting) => seen.add(sighting));
      return isNew;
    });
  return denials.toSorted((a, b) => a.at - b.at);
}
