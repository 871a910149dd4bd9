import { conditionOf } from "../../detection/rules/ruleText.ts";
import { presets } from "../../detection/rules/presets.ts";
import type { Rule } from "../../detection/rules/rule.ts";
import { visible } from "../../detection/signin/visible.ts";
import { exitCodes, type Command, type Given, type Terminal } from "../command.ts";
import { collectProblems } from "../problemsError.ts";
import { formatTable } from "../text/formatTable.ts";
import { readRulesFile } from "../rulesFile.ts";
import { readScenarios } from "./scenarios/readScenarios.ts";
import { runScenario } from "./scenarios/runScenario.ts";
import { outcomeLines } from "./scenarios/scenarioReport.ts";
import { UsageError } from "../usageError.ts";
import { oneOf } from "../values.ts";

const formats = ["table", "json"] as const;

export const rules: Command = {
  name: "rules",
  summary: "Shows the rules that ship or those of a file; checks files of rules, and tests rules.",
  operands: "[FILE…]",
  options: [
    { name: "format", value: "FORMAT", help: `${formats.join(" or ")}; table if not given.` },
    {
      name: "check",
      help: "Check files of rules: every problem at once, with exit code 2 where there is one.",
    },
    {
      name: "test",
      help: "Run files of scenarios: a difference from what they expect is shown, with exit code 1.",
    },
  ],
  details: [
    "A file of rules is JSON as the setting DETECTION_RULES has it: a list of\n{id, threshold?, window?, kind?, severity?, counted?, exclusions?: {users?, addresses?, applications?}}.",
    "A file of scenarios says which rows or denials a rule is given and which findings are expected; its format is\nin docs/scenarios.md.",
  ],
  examples: [
    { line: "mfa-deny rules", says: "The rules that ship." },
    { line: "mfa-deny rules --check examples/rules.json", says: "Before a file of rules is used." },
    { line: "mfa-deny rules --test examples/scenarios.json", says: "What the rules have to find." },
  ],
  run(given, operands, terminal) {
    const [check, test] = [given["check"] !== undefined, given["test"] !== undefined];
    if (check || test) {
      const option = check ? "check" : "test";
      const other = check && test ? "test" : given["format"] === undefined ? null : "format";
      if (other !== null) {
        throw new UsageError(`--${option} and --${other} cannot be combined`);
      }
      if (operands.length === 0) {
        throw new UsageError(`rules --${option} needs a FILE`);
      }
      return check ? checkRules(operands, terminal) : testRules(operands, terminal);
    }
    return listRules(operands, given, terminal);
  },
};

async function listRules(
  operands: readonly string[],
  given: Given,
  { stdout }: Terminal,
): Promise<number> {
  const [file, another] = operands;
  if (another !== undefined) {
    throw new UsageError(`rules shows one file at a time, but '${another}' is given as well`);
  }
  const format = oneOf(given, "format", formats) ?? "table";
  const listed = file === undefined ? presets : await readRulesFile(file);
  stdout.write(
    format === "json" ? `${JSON.stringify(listed.map(toJson), null, 2)}\n` : table(listed),
  );
  return exitCodes.done;
}

async function checkRules(files: readonly string[], { stdout }: Terminal): Promise<number> {
  const read = await collectProblems(files, readRulesFile);
  for (const [file, found] of read) {
    stdout.write(`${visible(file)}: ok, ${found.map(({ id }) => id).join(", ")}\n`);
  }
  return exitCodes.done;
}

async function testRules(files: readonly string[], { stdout, signal }: Terminal): Promise<number> {
  const read = await collectProblems(files, readScenarios);
  const scenarios = read.flatMap(([, found]) => found);
  let failed = 0;
  for (const scenario of scenarios) {
    signal.throwIfAborted();
    const outcome = await runScenario(scenario);
    failed += outcome.differences.length > 0 ? 1 : 0;
    stdout.write(outcomeLines(outcome));
  }
  stdout.write(`\n${scenarios.length - failed} ok, ${failed} failed\n`);
  return failed > 0 ? exitCodes.findings : exitCodes.done;
}

function table(listed: readonly Rule[]): string {
  const rows = listed.map((rule) => [
    rule.id,
    rule.enabled ? "on" : "off",
    conditionOf(rule),
    rule.kind,
    rule.severity,
    rule.techniques.join(", "),
  ]);
  return formatTable(["rule", "default", "fires on", "window", "severity", "MITRE ATT&CK"], rows);
}

function toJson(rule: Rule) {
  const { exclusions, ...rest } = rule;
  return {
    ...rest,
    exclusions: { ...exclusions, addresses: exclusions.addresses.map(({ text }) => text) },
  };
}
