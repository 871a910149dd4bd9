import { conditionOf } from "../../detection/rules/ruleText.ts";
import { mainRule, presets } from "../../detection/rules/presets.ts";
import type { Rule } from "../../detection/rules/rule.ts";
import type { Selector } from "../../detection/signin/selector.ts";
import { formatTime } from "../../detection/signin/time.ts";
import { exitCodes, type Command, type Given, type Terminal } from "../command.ts";
import { heads } from "../heads.ts";
import { collectProblems } from "../problemsError.ts";
import { formatTable } from "../text/formatTable.ts";
import { terminalWidth } from "../text/look.ts";
import { valueOf } from "../args.ts";
import { readAllRules, readWholeRulesFile } from "../rulesFile.ts";
import { chooseOne } from "../ruleOptions.ts";
import { checkRules } from "./checkRules.ts";
import { exporters } from "./export/exporters.ts";
import { exportRule } from "./export/exportRule.ts";
import { readScenarios } from "./scenarios/readScenarios.ts";
import { runScenario } from "./scenarios/runScenario.ts";
import { rulesInEffect } from "./showRules.ts";
import { outcomeLines } from "./scenarios/scenarioReport.ts";
import { UsageError } from "../usageError.ts";
import { moment, oneOf } from "../values.ts";

const formats = ["table", "json"] as const;

export const rules: Command = {
  ...heads.rules,
  options: [
    { name: "format", value: "FORMAT", help: `${formats.join(" or ")}. Default: table.` },
    {
      name: "check",
      help: "Check files of rules; report every problem at once, with exit code 2; doubts are warnings.",
    },
    {
      name: "as-of",
      value: "TIME",
      help: "With --check: the time at which to judge exclusions. Default: now.",
    },
    {
      name: "test",
      help: "Run files of scenarios; show differences from what they expect, with exit code 1.",
    },
    {
      name: "rules",
      value: "FILE",
      help: "With --test: the rules that scenarios name. Default: those that ship.",
    },
    {
      name: "export",
      value: "ENGINE",
      help: `Write the nearest rule for ${exporters.map(({ id }) => id).join(", ")}; its header says what it loses.`,
    },
    {
      name: "rule",
      value: "ID",
      help: `With --export: the rule. Default: ${mainRule}, or the first of FILE.`,
    },
  ],
  details: [
    "A file of rules is a list in YAML, or in JSON with comments; its format is in docs/rules.md.",
    "A file of scenarios says which rows or denials a rule is given and which findings are expected; its format is\nin docs/scenarios.md.",
    "The numbers in the header of an exported rule are measured: a model of it and our rule judge the example day.",
  ],
  examples: [
    { line: "mfa-deny rules", says: "The rules that ship." },
    {
      line: "mfa-deny rules --check examples/rules.json",
      says: "A check before a file of rules is used.",
    },
    {
      line: "mfa-deny rules --test examples/scenarios.json",
      says: "A test that the rules find what they must.",
    },
    {
      line: "mfa-deny rules --export sentinel examples/rules.json",
      says: "The nearest rule that Sentinel can run by itself.",
    },
    {
      line: "mfa-deny rules examples/rules.yaml",
      says: "The rules in effect with a file, and the line that sets each part.",
    },
  ],
  run(given, operands, terminal) {
    const [task, other] = tasks.filter((name) => given[name] !== undefined);
    for (const [name, wanted] of [
      ["as-of", "check"],
      ["rules", "test"],
      ["rule", "export"],
    ] as const) {
      if (given[name] !== undefined && task !== wanted) {
        throw new UsageError(`--${name} goes with --${wanted}`);
      }
    }
    const clash = other ?? (given["format"] === undefined ? null : "format");
    if (task !== undefined && clash !== null) {
      throw new UsageError(`--${task} and --${clash} cannot be combined`);
    }
    if ((task === "check" || task === "test") && operands.length === 0) {
      throw new UsageError(`rules --${task} needs a FILE`);
    }
    switch (task) {
      case "check":
        return checkRules(operands, moment(given, "as-of") ?? Date.now(), terminal);
      case "test":
        return testRules(operands, valueOf(given, "rules"), terminal);
      case "export":
        return writeExport(operands, given, terminal);
      default:
        return listRules(operands, given, terminal);
    }
  },
};

/** What the command does instead of showing rules. */
const tasks = ["check", "test", "export"] as const;

/** @throws UsageError if several files are given */
function onlyFile([file, another]: readonly string[], does: string): string | undefined {
  if (another !== undefined) {
    throw new UsageError(`rules ${does} one file at a time, but '${another}' is given as well`);
  }
  return file;
}

async function writeExport(
  operands: readonly string[],
  given: Given,
  { stdout }: Terminal,
): Promise<number> {
  const file = onlyFile(operands, "exports");
  const id = oneOf(
    given,
    "export",
    exporters.map((each) => each.id),
  );
  const exporter = exporters.find((each) => each.id === id);
  const listed =
    file === undefined ? presets : (await readWholeRulesFile(file)).listed.map(({ rule }) => rule);
  if (exporter !== undefined) {
    stdout.write(await exportRule(exporter, chooseOne(given, listed, file !== undefined)));
  }
  return exitCodes.done;
}

async function listRules(
  operands: readonly string[],
  given: Given,
  { stdout }: Terminal,
): Promise<number> {
  const file = onlyFile(operands, "shows");
  const format = oneOf(given, "format", formats) ?? "table";
  const listed = file === undefined ? null : (await readWholeRulesFile(file)).listed;
  const shown = listed?.map(({ rule }) => rule) ?? presets;
  const width = terminalWidth(stdout);
  stdout.write(
    format === "json"
      ? `${JSON.stringify(shown.map(toJson), null, 2)}\n`
      : listed === null
        ? table(shown, width)
        : `${table(shown, width)}\n${rulesInEffect(listed, width)}`,
  );
  return exitCodes.done;
}

async function testRules(
  files: readonly string[],
  rulesFile: string | null,
  { stdout, stderr, signal }: Terminal,
): Promise<number> {
  const tested = rulesFile === null ? null : await readAllRules(rulesFile, stderr);
  const read = await collectProblems(files, (file) => readScenarios(file, tested));
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

function table(listed: readonly Rule[], width: number): string {
  const rows = listed.map((rule) => [
    rule.id,
    rule.mode,
    conditionOf(rule),
    rule.kind,
    rule.severity,
    rule.techniques.join(", "),
  ]);
  return formatTable(
    ["rule", "default", "fires on", "window", "severity", "MITRE ATT&CK"],
    rows,
    width,
  );
}

function toJson(rule: Rule) {
  const { appliesTo, exclude } = rule.scope;
  const written = ({ addresses, ...selector }: Selector) => ({
    ...selector,
    addresses: addresses.map(({ text }) => text),
  });
  return {
    ...rule,
    enabled: rule.mode !== "off",
    scope: {
      appliesTo: written(appliesTo),
      exclude: exclude.map(({ of, until, ...each }) => ({
        ...each,
        until: until === null ? null : formatTime(until),
        of: written(of),
      })),
    },
  };
}
