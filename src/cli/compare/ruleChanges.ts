import { accountKey, shownName } from "../../detection/signin/account.ts";
import { formatTime } from "../../detection/signin/time.ts";
import type { Reported } from "../../run/detectRecords.ts";

export const changeKinds = ["won", "lost", "merged", "split", "moved", "same"] as const;

type ChangeKind = (typeof changeKinds)[number];

/** The effect of changed rules on one burst. */
export interface RuleChange {
  readonly kind: ChangeKind;
  readonly user: string;
  readonly before: readonly ChangedFinding[];
  readonly after: readonly ChangedFinding[];
}

type ChangedFinding = ReturnType<typeof toChanged>;

function toChanged({ finding: { facts, rules } }: Reported) {
  return {
    rules: rules.map(({ id }) => id),
    denials: facts.denials,
    firstDenialAt: formatTime(facts.firstDenialAt),
    triggeredAt: formatTime(facts.triggeredAt),
    lastDenialAt: formatTime(facts.lastDenialAt),
    severity: facts.severity,
  };
}

interface Sided {
  readonly side: "before" | "after";
  readonly reported: Reported;
}

/** Compares the findings of two sets of rules. Findings of one user that overlap in time belong together. */
export function ruleChanges(
  before: readonly Reported[],
  after: readonly Reported[],
): readonly RuleChange[] {
  const byUser = new Map<string, Sided[]>();
  const add = (side: Sided["side"]) => (reported: Reported) => {
    const key = accountKey(reported.subject);
    const known = byUser.get(key) ?? [];
    known.push({ side, reported });
    byUser.set(key, known);
  };
  before.forEach(add("before"));
  after.forEach(add("after"));
  return [...byUser.values()]
    .flatMap(overlapping)
    .toSorted((a, b) => startOf(a) - startOf(b))
    .map(toChange);
}

function startOf(group: readonly Sided[]): number {
  return group[0]?.reported.finding.facts.firstDenialAt ?? 0;
}

function overlapping(findings: readonly Sided[]): readonly (readonly Sided[])[] {
  const groups: Sided[][] = [];
  let until = -Infinity;
  const byStart = findings.toSorted(
    (a, b) => a.reported.finding.facts.firstDenialAt - b.reported.finding.facts.firstDenialAt,
  );
  for (const each of byStart) {
    const { firstDenialAt, lastDenialAt } = each.reported.finding.facts;
    const last = groups.at(-1);
    if (last === undefined || firstDenialAt > until) {
      groups.push([each]);
      until = lastDenialAt;
    } else {
      last.push(each);
      until = Math.max(until, lastDenialAt);
    }
  }
  return groups;
}

function toChange(group: readonly Sided[]): RuleChange {
  const of = (wanted: Sided["side"]) =>
    group.filter(({ side }) => side === wanted).map(({ reported }) => toChanged(reported));
  const [before, after] = [of("before"), of("after")];
  const [first] = group;
  return {
    kind: kindOf(before, after),
    user: first === undefined ? "" : shownName(first.reported.subject),
    before,
    after,
  };
}

function kindOf(before: readonly ChangedFinding[], after: readonly ChangedFinding[]): ChangeKind {
  if (before.length === 0) {
    return "won";
  }
  if (after.length === 0) {
    return "lost";
  }
  if (before.length !== after.length) {
    return before.length > after.length ? "merged" : "split";
  }
  return JSON.stringify(before) === JSON.stringify(after) ? "same" : "moved";
}
