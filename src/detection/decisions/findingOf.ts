import type { ContextOf } from "../context/context.ts";
import { originalOf, type Prompt } from "../prompts/prompt.ts";
import type { Rule } from "../rules/rule.ts";
import type { Approval } from "../signin/sighting.ts";
import { approvalsOf, distinctApprovals } from "./approval.ts";
import { assess, countSupporting, gatherEvidence, spanOf, type Finding } from "./finding.ts";
import type { FoundBy, Neighbourhood, RuleStreak } from "./neighbourhood.ts";
import type { RecordedBurst, Subject } from "./record.ts";
import type { RuleView } from "./ruleViews.ts";
import type { WeighedBefore } from "./severity.ts";

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

export interface Prepared extends Judgement {
  readonly foundBy: FoundBy;
  /** All names of the account. */
  readonly names: readonly string[];
}

/** Returns the approvals that belong to a burst, and a function that returns what the logs around it say. */
export function surroundingsOf(
  { approvals: all, contextOf }: Prepared,
  rules: readonly Rule[],
  denials: readonly Prompt[],
  triggeredAt: number,
) {
  const approvals = approvalsOf(all, rules, triggeredAt, spanOf(denials).lastDenialAt);
  return { approvals, context: () => contextOf?.({ denials, triggeredAt, approvals }) ?? null };
}

/** The recorded burst that a neighbourhood belongs to, and the ids of the rules that found it or what it merges. */
interface Recorded {
  readonly keeper: RecordedBurst;
  readonly known: ReadonlySet<string>;
}

/** The streaks of a neighbourhood. */
type Streaks = Neighbourhood["streaks"];

/**
 * Returns the finding of a neighbourhood without a record.
 *
 * @param firing its streaks that fired
 * @returns null if nothing fired
 */
export function findingOf(
  judgement: Prepared,
  streaks: Streaks,
  firing: readonly RuleStreak[],
): Finding | null {
  const triggeredAt = earliestTrigger(firing);
  return triggeredAt === null ? null : findingAt(judgement, streaks, firing, triggeredAt, null);
}

/** Returns the finding of a neighbourhood that was recorded before, whether or not anything fired now. */
export function recordedFindingOf(
  judgement: Prepared,
  streaks: Streaks,
  firing: readonly RuleStreak[],
  recorded: Recorded,
): Finding {
  const triggeredAt = earliestTrigger(firing) ?? recorded.keeper.facts.triggeredAt;
  return findingAt(judgement, streaks, firing, triggeredAt, recorded);
}

function findingAt(
  judgement: Prepared,
  streaks: Streaks,
  firing: readonly RuleStreak[],
  triggeredAt: number,
  recorded: Recorded | null,
): Finding {
  const rules = rulesOf(judgement, streaks, firing, recorded?.known ?? new Set());
  const denials = distinctDenials(streaks);
  const { approvals: all, context: look } = surroundingsOf(judgement, rules, denials, triggeredAt);
  const context = look();
  const before = recorded === null ? null : weighedBefore(recorded, denials);
  const { bounded } = judgement;
  const facts = assess({ rules, denials, triggeredAt, approvals: all, context, before, bounded });
  const prompts = judgement.views.reduce<readonly Prompt[]>(
    (found, view) => (view.rule === rules[0] ? view.prompts : found),
    [],
  );
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
  const triggers = firing.map(({ streak }) => streak.triggeredAt).filter((at) => at !== null);
  return triggers.length === 0 ? null : triggers.reduce((a, b) => Math.min(a, b));
}

/** Returns the rules that found a burst, before or now, in the configured order. */
function rulesOf(
  { views }: Prepared,
  [reader]: Streaks,
  firing: readonly RuleStreak[],
  known: ReadonlySet<string>,
): readonly [Rule, ...Rule[]] {
  const fired = new Set(firing.map(({ rule }) => rule));
  const found = views
    .map(({ rule }) => rule)
    .filter((rule) => fired.has(rule) || known.has(rule.id));
  // A burst recorded by a rule that is no longer in use goes to the rule that reads it now.
  const [first = reader.rule, ...more] = found;
  return [first, ...more];
}

/** Returns the denials of several streaks, oldest first. A denial that several rules count appears once. */
function distinctDenials(streaks: Streaks): readonly Prompt[] {
  const [first, ...others] = streaks;
  if (others.length === 0) {
    return first.streak.denials;
  }
  const seen = new Set<unknown>();
  const denials = streaks
    .flatMap(({ streak }) => streak.denials)
    .filter((denial) => {
      // Rules with different scopes see a prompt through different rows, but share at least one.
      const rows = denial.sightings.map(originalOf);
      const isNew = !rows.some((sighting) => seen.has(sighting));
      rows.forEach((sighting) => seen.add(sighting));
      return isNew;
    });
  return denials.toSorted((a, b) => a.at - b.at);
}
