import type { Rule } from "../detection/rules/rule.ts";
import type { Progress, Range } from "./ports.ts";

/** The rule that was added when starts were first stored. */
const newest = "mfa-deny-then-approve";

/** The watermark from which each rule has been in use, by rule id. */
export type RuleStarts = Readonly<Record<string, number>>;

/**
 * Returns the starts to store after a run with these rules. A new rule starts at the watermark and ignores
 * everything before it. A renamed rule is not new. In a state without starts, only the newest rule is new.
 *
 * @param watermark where the run begins (epoch ms)
 */
export function ruleStarts(
  rules: readonly Pick<Rule, "id" | "wasId">[],
  progress: Pick<Progress, "ruleStarts"> | null,
  watermark: number,
): RuleStarts {
  const known = progress?.ruleStarts;
  const startOf = ({ id, wasId }: Pick<Rule, "id" | "wasId">) => {
    if (known !== undefined) {
      return (
        [id, ...wasId].map((name) => known[name]).find((start) => start !== undefined) ?? watermark
      );
    }
    return progress !== null && id !== newest ? 0 : watermark;
  };
  return Object.fromEntries(rules.map((rule) => [rule.id, startOf(rule)]));
}

/** Part of a range, and the rules that were in use for all of it. */
export interface RuledRange {
  readonly range: Range;
  readonly rules: readonly Rule[];
}

/** Cuts a range at the rules' starts, oldest part first. Parts without a rule are left out. */
export function cutAtStarts(
  range: Range,
  rules: readonly Rule[],
  starts: RuleStarts,
): readonly RuledRange[] {
  const startOf = ({ id }: Rule) => Math.max(range.from, starts[id] ?? range.from);
  const cuts = [...new Set([range.from, ...rules.map(startOf)])]
    .filter((cut) => cut < range.to)
    .toSorted((a, b) => a - b);
  return cuts
    .map((from, index) => ({
      range: { from, to: cuts[index + 1] ?? range.to },
      rules: rules.filter((rule) => startOf(rule) <= from),
    }))
    .filter((part) => part.rules.length > 0);
}
