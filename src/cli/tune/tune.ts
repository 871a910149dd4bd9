import { mainRule, presets } from "../../detection/rules/presets.ts";
import type { Rule } from "../../detection/rules/rule.ts";
import { noLabels } from "../../run/incidentLabels.ts";
import { triedGrid } from "../../run/triedGrid.ts";
import { tuneRecords, type TuneReport, type TuneRun } from "../../run/tuneRecords.ts";
import { MemoryStore } from "../../state/memoryStore.ts";
import { valueOf } from "../args.ts";
import { exitCodes, type Command, type Given, type Output, type Terminal } from "../command.ts";
import { heads } from "../heads.ts";
import {
  findInput,
  inputDetail,
  inputOptions,
  readingOptions,
  searchWithProgress,
  usualThreads,
  wantsContext,
} from "../readInput.ts";
import { readOnce } from "../readOnce.ts";
import { chooseOne } from "../ruleOptions.ts";
import { readRulesFile } from "../rulesFile.ts";
import { terminalWidth } from "../text/look.ts";
import { moment, oneOf, wholeNumber } from "../values.ts";
import { coverageLimits, coverageOptions, exitCodeOf } from "../verdict/verdictOptions.ts";
import { writeVerdict } from "../verdict/verdictLines.ts";
import { readLabels } from "./labels.ts";
import { tuneCsv } from "./tuneCsv.ts";
import { toTuneOutput, type TuneOutput } from "./tuneReport.ts";
import { tuneTable } from "./tuneTable.ts";

const formats = {
  table: tuneTable,
  csv: tuneCsv,
  json: (output: TuneOutput) => `${JSON.stringify(output, null, 2)}\n`,
  // Charts take a while to load, and few ask for them.
  html: async (output: TuneOutput) => (await import("./tunePage.ts")).tunePage(output),
} as const;

const formatNames = ["table", "csv", "json", "html"] as const;

export const tune: Command = {
  ...heads.tune,
  options: [
    {
      name: "max-per-week",
      value: "N",
      help: "Choose the most sensitive setting with at most N findings in every week.",
    },
    {
      name: "rule",
      value: "ID",
      help: `The rule whose numbers are tried. Default: ${mainRule}, or the first of --rules.`,
    },
    {
      name: "rules",
      value: "FILE",
      help: "The rules in use. They are judged as they are, and so is what their exclusions hide.",
    },
    {
      name: "labels",
      value: "FILE",
      help: "Closed incidents: adds precision and recall of every setting, and proposes exceptions.",
    },
    { name: "format", value: "FORMAT", help: `${formatNames.join(", ")}. Default: table.` },
    { name: "as-of", value: "TIME", help: "Use only rows published (TimeGenerated) by then." },
    {
      name: "context",
      value: "on|off",
      help: "off: skip usual origins and signs of a takeover; reads the logs once less. Default: on.",
    },
    inputOptions.dateOrder,
    inputOptions.strict,
    ...coverageOptions,
    inputOptions.quiet,
    inputOptions.noProgress,
  ],
  details: [
    inputDetail,
    "tune tries thresholds from 1 to 20 and windows of 1, 2, 5, 10, 15, 30 and 60 minutes, 4 and 24 hours, sliding and\nfixed. Each setting finds what detect finds with --threshold and --window. Weeks are spans of seven days from the\nfirst day of the log; a log shorter than a week counts as one.",
    "The most sensitive setting is the one that finds the most labelled attacks, then the most findings that were\nfollowed by an approval, reported, or followed by signs of a takeover, then the most users, then the one with the\nlower threshold and the longer window.",
    "--labels takes incidents as JSON (the answer of Sentinel's API, rows of the table SecurityIncident) or CSV (the\ntable, or the list of the Defender portal), with the user in the title. An incident closed as true positive is an\nattack; one closed as benign positive, false positive or informational is not; others are ignored. The truth.json of\ngenerate works too. tune proposes an exception, until 90 days after the last incident, for a user with three\nincidents closed as no attack and none as an attack, and for an application or address that explains three such\nincidents of several users and no attack.",
    "The exit code is 1 if no setting meets --max-per-week, or if the rules of --rules exceed it.",
  ],
  examples: [
    {
      line: "mfa-deny tune examples/contoso-day.ndjson.gz",
      says: "What each setting would have found.",
    },
    {
      line: "mfa-deny tune --max-per-week 20 --rules examples/rules.json examples/contoso-day.ndjson.gz",
      says: "A gate for a change to the rules.",
    },
  ],
  async run(given, operands, terminal) {
    const format = oneOf(given, "format", formatNames) ?? "table";
    const maxPerWeek = wholeNumber(given, "max-per-week", 0, 1_000_000);
    const { rule, current } = await readTuned(given, terminal.stderr);
    const file = valueOf(given, "labels");
    const labels =
      file === null ? noLabels : await readLabels(file, readingOptions(given).dateOrder ?? null);
    const report = await readReport(given, operands, terminal, { rule, current, labels });
    const output = toTuneOutput(report, { rule: rule.id, maxPerWeek, labels });
    terminal.stdout.write(await formats[format](output, terminalWidth(terminal.stdout)));
    if (format !== "table") {
      writeVerdict(output.coverage, given, terminal);
    }
    const isOver =
      maxPerWeek !== null &&
      (output.chosen === null ||
        (given["rules"] !== undefined && report.current.worstWeek > maxPerWeek));
    return isOver ? exitCodes.findings : exitCodeOf(report.coverage, false, given);
  },
};

/** The rule whose numbers are tried, and the rules as they are in use. */
async function readTuned(
  given: Given,
  stderr: Output,
): Promise<{ readonly rule: Rule; readonly current: readonly Rule[] }> {
  const file = valueOf(given, "rules");
  const listed = file === null ? presets : await readRulesFile(file, stderr);
  const rule = chooseOne(given, listed, file !== null);
  const usualSet =
    given["rule"] === undefined
      ? presets.filter(({ mode }) => mode === "on")
      : [{ ...rule, mode: "on" as const }];
  return { rule, current: file === null ? usualSet : listed };
}

async function readReport(
  given: Given,
  operands: readonly string[],
  terminal: Terminal,
  asked: Pick<TuneRun, "rule" | "current" | "labels">,
): Promise<TuneReport> {
  const files = await findInput(tune, operands, terminal);
  const searching = {
    everyRow: ["strict", "as-of"].some((name) => given[name] !== undefined),
    everyApproval: false,
    context: wantsContext(given),
    threads: usualThreads,
  };
  const options = { ...readingOptions(given), ...searching };
  const logs = searchWithProgress(files, options, given, terminal);
  const run = {
    ...asked,
    grid: triedGrid,
    asOf: moment(given, "as-of"),
    context: wantsContext(given),
    ...coverageLimits(given),
  };
  try {
    return await readOnce(
      given,
      terminal,
      () => logs.seen(),
      ({ ledger, onBad }) =>
        tuneRecords(logs, { store: new MemoryStore(), ledger }, { ...run, onBad }),
    );
  } finally {
    await logs.close();
  }
}
