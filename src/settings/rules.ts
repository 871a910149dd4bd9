import { presetNamed, presets, usualRules } from "../detection/rules/presets.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { didYouMean } from "./nearest.ts";
import { readRuleText, readRuleValue, type RulesRead } from "./ruleFile.ts";

/**
 * Reads the rules of the setting `DETECTION_RULES`.
 *
 * @param text comma-separated ids of rules that ship, or the text of a file of rules; blank for the rules that are on by
 *   default
 * @param defaults values that other settings give all rules
 */
export function readRules(text: string, defaults: Partial<Rule> = {}): RulesRead {
  const trimmed = text.trim();
  if (trimmed === "") {
    return readIds(
      usualRules.map(({ id }) => id),
      defaults,
    );
  }
  // A list or an object in JSON or YAML. A comment can only come before one of these.
  if (!/^(?:[[{#]|\/[/*]|-\s|[\w$]+:\s)/.test(trimmed)) {
    return readIds(
      trimmed.split(",").map((id) => id.trim()),
      defaults,
    );
  }
  const value = jsonOf(trimmed);
  // In a list on one line, the place in the value is more useful than a column.
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

/** Returns undefined if the text is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
