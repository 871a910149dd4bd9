import { isBlob, ruleTextAt, type RuleTextOptions } from "../azure/ruleTextAt.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { readingSignal } from "../settings/readingSignal.ts";
import { readRuleText } from "../settings/ruleFile.ts";
import type { Settings, Workspace } from "../settings/settings.ts";

/** A workspace's rules as they are now. */
export interface RulesNow {
  /** Null for rules of the settings. */
  readonly file: string | null;
  readonly rules: readonly Rule[];
  /** Of the file. Problems of the settings are found before. */
  readonly problems: readonly string[];
}

export interface RulesPlace extends Omit<RuleTextOptions, "packageFolder"> {
  /** Null if this is not the app. */
  readonly packageFolder: string | null;
}

/** @returns null if they are in the app's package, and this is not the app */
export async function readRules(
  { rules: usual, ruleDefaults }: Settings,
  { rules = usual }: Workspace,
  { packageFolder, ...place }: RulesPlace,
): Promise<RulesNow | null> {
  if ("rules" in rules) {
    return { file: null, rules: rules.rules, problems: [] };
  }
  const { file } = rules;
  if (packageFolder === null && !isBlob(file)) {
    return null;
  }
  const source = ruleTextAt(file, { ...place, packageFolder: packageFolder ?? "" });
  const text = await source.read(readingSignal());
  const read = readRuleText(file, text ?? "", ruleDefaults);
  return { file, rules: read.rules, problems: read.problems };
}
