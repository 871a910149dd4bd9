import { explicitMfaDeny } from "../detection/rules/explicitMfaDeny.ts";
import { presets } from "../detection/rules/presets.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { ruleLimits } from "../settings/rules.ts";
import { valueOf } from "./args.ts";
import type { Given, Option } from "./command.ts";
import { readRulesFile } from "./rulesFile.ts";
import { UsageError } from "./usageError.ts";
import { duration, wholeNumber } from "./values.ts";

const { shortestWindowMs, longestWindowMs, largestThreshold } = ruleLimits;

/** The rule to which --threshold and --window apply if none is named. */
const mainRule = explicitMfaDeny;

export const ruleOptions: readonly Option[] = [
  {
    name: "rule",
    value: "ID",
    repeatable: true,
    help: `A rule to use; may be repeated. Default: ${presets
      .filter((rule) => rule.enabled)
      .map((rule) => rule.id)
      .join(", ")}.`,
  },
  {
    name: "rules",
    value: "FILE",
    help: "Rules as JSON like DETECTION_RULES, instead of --rule, --threshold and --window.",
  },
  {
    name: "threshold",
    value: "N",
    help: `Threshold of the one --rule, or of ${mainRule.id}.`,
  },
  {
    name: "window",
    value: "DURATION",
    help: `Window (15m or PT15M) of the one --rule, or of ${mainRule.id}.`,
  },
];

/** Returns the requested rules, with their numbers overridden. */
export async function chooseRules(given: Given): Promise<readonly Rule[]> {
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
  return readRulesFile(file);
}

function choosePresets(given: Given): readonly Rule[] {
  const ids = given["rule"];
  const rules = presets.filter((rule) =>
    ids === undefined ? rule.enabled : ids.includes(rule.id),
  );
  const unknown = ids?.find((id) => !presets.some((rule) => rule.id === id));
  if (unknown !== undefined) {
    throw new UsageError(
      `--rule is '${unknown}'; the rules are ${presets.map((rule) => rule.id).join(", ")}`,
    );
  }
  const threshold = wholeNumber(given, "threshold", 1, largestThreshold);
  const windowMs = duration(given, "window", shortestWindowMs, longestWindowMs);
  const changed = ids === undefined ? mainRule.id : rules.length === 1 ? rules[0]?.id : undefined;
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
