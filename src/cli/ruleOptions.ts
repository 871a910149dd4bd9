import { mainRule, presets, usualRules } from "../detection/rules/presets.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { didYouMean } from "../settings/nearest.ts";
import { ruleLimits } from "../settings/ruleLimits.ts";
import { valueOf } from "./args.ts";
import type { Given, Option, Output } from "./command.ts";
import { UsageError } from "./usageError.ts";
import { duration, wholeNumber } from "./values.ts";

const { shortestWindowMs, longestWindowMs, largestThreshold } = ruleLimits;

export const ruleOptions: readonly Option[] = [
  {
    name: "rule",
    value: "ID",
    repeatable: true,
    help: `A rule to use; may be repeated. Default: ${usualRules.map(({ id }) => id).join(", ")}.`,
  },
  {
    name: "rules",
    value: "FILE",
    help: "A file of rules (docs/rules.md), instead of --rule, --threshold and --window.",
  },
  {
    name: "threshold",
    value: "N",
    help: `Threshold of the one --rule, or of ${mainRule}.`,
  },
  {
    name: "window",
    value: "DURATION",
    help: `Window (15m or PT15M) of the one --rule, or of ${mainRule}.`,
  },
];

/**
 * Returns the rule of --rule. Without --rule, returns the main rule that ships, or the first rule of a file.
 *
 * @throws UsageError if there is no such rule
 */
export function chooseOne(given: Given, listed: readonly Rule[], isFile: boolean): Rule {
  const id = valueOf(given, "rule");
  const usual = isFile ? listed[0]?.id : mainRule;
  const rule = listed.find((each) => each.id === (id ?? usual));
  if (rule === undefined) {
    const known = listed.map((each) => each.id);
    throw new UsageError(
      `--rule is '${id ?? ""}'; the rules are ${known.join(", ")}${didYouMean(id ?? "", known)}`,
    );
  }
  return rule;
}

/** Returns the requested rules, with their numbers overridden. */
export async function chooseRules(given: Given, stderr: Output): Promise<readonly Rule[]> {
  const file = valueOf(given, "rules");
  if (file === null) {
    return choosePresets(given);
  }
  const other = ["rule", "threshold", "window"].find((name) => given[name] !== undefined);
  if (other !== undefined) {
    throw new UsageError(
      `--rules ${file} already has the rules and their numbers; leave out --${other}`,
    );
  }
  const { readRulesFile } = await import("./rulesFile.ts");
  return readRulesFile(file, stderr);
}

function choosePresets(given: Given): readonly Rule[] {
  const ids = given["rule"];
  const rules =
    ids === undefined
      ? usualRules
      : presets
          .filter((rule) => ids.includes(rule.id))
          .map((rule): Rule => ({ ...rule, mode: "on" }));
  const known = presets.map((rule) => rule.id);
  const unknown = ids?.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(
      `--rule is '${unknown}'; the rules are ${known.join(", ")}${didYouMean(unknown, known)}`,
    );
  }
  const threshold = wholeNumber(given, "threshold", 1, largestThreshold);
  const windowMs = duration(given, "window", shortestWindowMs, longestWindowMs);
  const changed = ids === undefined ? mainRule : rules.length === 1 ? rules[0]?.id : undefined;
  if (changed === undefined && (threshold !== null || windowMs !== null)) {
    const option = threshold === null ? "window" : "threshold";
    throw new UsageError(
      `--${option} ${valueOf(given, option)} needs exactly one rule, but ${rules.length} are chosen`,
    );
  }
  return rules.map((rule) =>
    rule.id === changed
      ? {
          ...rule,
          ...(threshold === null ? {} : { threshold }),
          ...(windowMs === null ? {} : { windowMs }),
        }
      : rule,
  );
}
