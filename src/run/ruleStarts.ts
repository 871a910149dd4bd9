import { mfaDenyThenApprove } from "../detection/rules/mfaDenyThenApprove.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Progress, Range } from "./ports.ts";

/** Since which watermark each rule has been in use, by id. */
export type RuleStarts = Readonly<Record<string, number>>;

/**
 * The starts to keep after a run with these rules: a rule that is new starts at the watermark, with everything
 * before it left alone. In a state without starts, only `mfa-deny-then-approve` is new.
 *
 * @param watermark where the run begins
 */
export function ruleStarts(
  rules: readonly Pick<Rule, "id">[],
  progress: Pick<Progress, "ruleStarts"> | null,
  watermark: number,
): RuleStarts {
  const known = progress?.ruleStarts;
  const startOf = (id: string) => {
    if (known !== undefined) {
      return known[id] ?? watermark;
    }
    return progress !== null && id !== mfaDenyThenApprove.id ? 0 : watermark;
  };
  return Object.fromEntries(rules.map(({ id }) => [id, startOf(id)]));
}

/** Part of a range, and the rules that were in use throughout. */
export interface RuledRange {
  readonly range: Range;
  readonly rules: readonly Rule[];
}

/** Cuts a range where rules start, oldest part first; parts without a rule are left out. */
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
