import * as v from "valibot";
import type { Rule } from "../../../detection/rules/rule.ts";
import { applyOverride, describeIssue } from "../../../settings/rules.ts";
import { readJsonFile } from "../../jsonFile.ts";
import { ProblemsError } from "../../problemsError.ts";
import { scenarioFile, type ScenarioEntry } from "./scenario.ts";

/** Rows given to a rule, and the findings that it has to give back. */
export interface Scenario extends Omit<ScenarioEntry, "rule"> {
  readonly rule: Rule;
  /** `scenarios.json`, or `scenarios.json[2]` in a file of several. */
  readonly place: string;
}

/**
 * The scenarios of a file.
 *
 * @throws ProblemsError with every problem and its place in the file
 */
export async function readScenarios(path: string): Promise<readonly Scenario[]> {
  const read = v.safeParse(scenarioFile, await readJsonFile(path));
  if (!read.success) {
    throw new ProblemsError(read.issues.map((issue) => `${path}: ${describeIssue(issue)}`));
  }
  const { output } = read;
  return Array.isArray(output)
    ? output.map((entry, index) => toScenario(entry, `${path}[${index}]`))
    : [toScenario(output, path)];
}

function toScenario(entry: ScenarioEntry, place: string): Scenario {
  const { rule } = entry;
  return {
    ...entry,
    place,
    rule: applyOverride(typeof rule === "string" ? { id: rule } : rule),
  };
}
