import { presetNamed, presets, usualRules } from "../detection/rules/presets.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { didYouMean } from "./nearest.ts";
import { readRuleText, readRuleValue, type RulesRead } from "./ruleFile.ts";

/**
 * The rules of the setting `DETECTION_RULES`.
 *
 * @param text ids of rules that ship, separated by commas, or what a file of rules holds; blank for those that are on by default
 * @param defaults what other settings say of all rules
 */
export function readRules(text: string, defaults: Partial<Rule> = {}): RulesRead {
  const trimmed = text.trim();
  if (trimmed === "") {
    return readIds(
      usualRules.map(({ id }) => id),
      defaults,
    );
  }
  // A list or an object, of JSON or YAML; a comment can only come before one.
  if (!/^(?:[[{#]|\/[/*]|-\s|[\w$]+:\s)/.test(trimmed)) {
    return readIds(
      trimmed.split(",").map((id) => id.trim()),
      defaults,
    );
  }
  const value = jsonOf(trimmed);
  // Whoever writes a list on one line counts no columns: the place in the value says more.
  return value === undefined
    ? readRuleText("DETECTION_RULES", text, defaults)
    : readRuleValue(value, defaults);
}

function readIds(ids: readonly string[], defaults: Partial<Rule>): RulesRead {
  const known = presets.map(({ id }) => id);
  const problems = ids.flatMap((id, index) =>
    presetNamed(id) === null
      ? [`[${index}].id must be one of ${known.join(", ")}${didYouMean(id, known)}`]
      : [],
  );
  return problems.length > 0
    ? { rules: [], listed: [], problems }
    : readRuleValue(
        ids.map((id) => ({ id })),
        defaults,
      );
}

/** Undefined where it is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
