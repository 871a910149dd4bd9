import * as v from "valibot";
import { presets } from "../../../detection/rules/presets.ts";
import { isFields } from "../../../detection/signin/fields.ts";
import type { Rule } from "../../../detection/rules/rule.ts";
import { describeIssue } from "../../../settings/issues.ts";
import { didYouMean } from "../../../settings/nearest.ts";
import { readRuleValue } from "../../../settings/ruleFile.ts";
import { ruleSchema } from "../../../settings/ruleSchema.ts";
import { readJsonFile } from "../../jsonFile.ts";
import { ProblemsError } from "../../problemsError.ts";
import { scenarioFile, type ScenarioEntry } from "./scenario.ts";

/** Rows given to a rule, and the findings that it must return. */
export interface Scenario extends Omit<ScenarioEntry, "rule"> {
  readonly rule: Rule;
  /** `scenarios.json`, or `scenarios.json[2]` in a file with several. */
  readonly place: string;
}

/**
 * Reads the scenarios of a file.
 *
 * @param tested the rules that they name by id; null for those that ship
 * @throws ProblemsError with every problem and its place in the file
 */
export async function readScenarios(
  path: string,
  tested: readonly Rule[] | null = null,
): Promise<readonly Scenario[]> {
  const value = await readJsonFile(path);
  const read = v.safeParse(scenarioFile, value);
  const { issues = [] } = read;
  const entries = Array.isArray(value) ? value : [value];
  const rules = entries.map((entry: unknown) => ruleOfEntry(entry, tested));
  const problems = [
    ...issues.map(describeIssue),
    ...rules.flatMap(({ problem }, index) =>
      problem === null ? [] : [`${Array.isArray(value) ? `[${index}].` : ""}rule${problem}`],
    ),
  ];
  if (!read.success || problems.length > 0) {
    throw new ProblemsError(problems.map((problem) => `${path}: ${problem}`));
  }
  const isList = Array.isArray(value);
  const scenarios: readonly ScenarioEntry[] = Array.isArray(read.output)
    ? read.output
    : [read.output];
  return scenarios.flatMap((entry, index) => {
    const rule = rules[index]?.rule ?? null;
    return rule === null ? [] : [{ ...entry, place: isList ? `${path}[${index}]` : path, rule }];
  });
}

/** Returns the rule that an entry names or contains. Null without a problem if the entry itself is at fault. */
function ruleOfEntry(
  entry: unknown,
  tested: readonly Rule[] | null,
): { readonly rule: Rule | null; readonly problem: string | null } {
  const given = isFields(entry) ? entry["rule"] : undefined;
  if (typeof given !== "string") {
    const { listed, problems } = readRuleValue([given]);
    const [problem = null] = v.safeParse(ruleSchema(), given).success ? problems : [];
    return { rule: listed[0]?.rule ?? null, problem: problem?.replace("[0]", "") ?? null };
  }
  const known = tested ?? presets;
  const ids = known.map(({ id }) => id);
  const rule = known.find(({ id }) => id === given);
  return rule === undefined
    ? { rule: null, problem: ` must be one of ${ids.join(", ")}${didYouMean(given, ids)}` }
    : { rule: { ...rule, mode: rule.mode === "off" ? "on" : rule.mode }, problem: null };
}
