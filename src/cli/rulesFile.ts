import type { Rule } from "../detection/rules/rule.ts";
import { readRuleList } from "../settings/rules.ts";
import { readJsonFile } from "./jsonFile.ts";
import { ProblemsError } from "./problemsError.ts";

/**
 * Reads rules from a file in the format of the setting `DETECTION_RULES`.
 *
 * @throws ProblemsError with every problem and its place in the file
 */
export async function readRulesFile(path: string): Promise<readonly Rule[]> {
  const { rules, problems } = readRuleList(await readJsonFile(path));
  if (problems.length > 0) {
    throw new ProblemsError(problems.map((problem) => `${path}: ${problem}`));
  }
  return rules;
}
