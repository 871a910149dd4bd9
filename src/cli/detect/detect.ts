import { availableParallelism } from "node:os";
import { basename, dirname, resolve } from "node:path";
import type { LogFile } from "../../logs/files/findLogFiles.ts";
import { IncidentFiles, isIncidentFileName } from "../../sinks/folder/incidentFiles.ts";
import type { Place } from "../../logs/files/readRecords.ts";
import { DiskState, isStateFile } from "../../state/disk/diskState.ts";
import { TempLedger } from "../../state/disk/tempLedger.ts";
import { incidentApiSink } from "../../sinks/sentinel/incidentApi.ts";
import { deliverFindings } from "../../run/deliverFindings.ts";
import { detectRecords, type RecordsReport, type RecordsRun } from "../../run/detectRecords.ts";
import { MemoryStore } from "../../state/memoryStore.ts";
import type { SignInFiles } from "../../run/ports.ts";
import { valueOf } from "../args.ts";
import type { Command, Given, Terminal } from "../command.ts";
import { writeVerdict } from "../verdict/verdictLines.ts";
import { coverageLimits, coverageOptions, exitCodeOf } from "../verdict/verdictOptions.ts";
import { BadRecords } from "../badRecords.ts";
import {
  findInput,
  inputDetail,
  inputOptions,
  passedOverText,
  readingOptions,
  searchWithProgress,
} from "../readInput.ts";
import { toDetectReport } from "./detectReport.ts";
import { formats, reporters } from "./reporters.ts";
import { chooseRules, ruleOptions } from "../ruleOptions.ts";
import { UsageError } from "../usageError.ts";
import { moment, oneOf, wholeNumber } from "../values.ts";

/** More are kept waiting by the disk. */
const mostThreads = 64;
const usualThreads = Math.min(8, availableParallelism());

/** What users can notice of it. */
const searchDetail =
  "Of files with an object on each line only those lines are parsed that hold a word of denials, and what may be\napprovals by users with findings. The findings are the same. Every other line counts as one row that is no\ncandidate: one that is cut off is told as bad, other damage in it is not seen. --every-row, --strict and --as-of\nparse all lines.";

export const detect: Command = {
  name: "detect",
  summary: "Finds bursts of refused MFA prompts in sign-in logs.",
  operands: "FILE…",
  options: [
    ...ruleOptions,
    {
      name: "state",
      value: "DIR",
      help: "Remember what was found, so that each burst stays one incident.",
    },
    { name: "out", value: "DIR", help: "Write each incident to DIR/<incidentId>.json." },
    { name: "as-of", value: "TIME", help: "Use only rows published (TimeGenerated) by then." },
    {
      name: "from",
      value: "TIME",
      help: "Only bursts whose first denial is at or after TIME.",
    },
    { name: "to", value: "TIME", help: "Only bursts whose first denial is before TIME." },
    inputOptions.dateOrder,
    { name: "format", value: "FORMAT", help: `${formats.join(", ")}; table if not given.` },
    {
      name: "every-row",
      help: "Take apart every row, not only those with words of denials; finds damage in all.",
    },
    {
      name: "threads",
      value: "N",
      help: "Threads that search large files; the processors, 8 at most, if not given.",
    },
    inputOptions.strict,
    ...coverageOptions,
    { name: "exit-code", help: "Exit with 1 when there are findings." },
    inputOptions.quiet,
    inputOptions.noProgress,
  ],
  details: [inputDetail, searchDetail],
  examples: [
    {
      line: "mfa-deny detect examples/contoso-day.ndjson.gz",
      says: "The findings of the rule that is on.",
    },
    {
      line: "mfa-deny detect --rules examples/rules.json --format csv examples/contoso-day.ndjson.gz",
      says: "With your own numbers, for a spreadsheet.",
    },
    {
      line: "mfa-deny detect --state state --out incidents examples/contoso-day.ndjson.gz",
      says: "What is found stays one incident when more logs come, or the same ones again.",
    },
  ],
  async run(given, operands, terminal) {
    const run = await readRun(given);
    const format = oneOf(given, "format", formats) ?? "table";
    const reading = readingOptions(given);
    const searching = searchOptions(given);
    const found = await findInput(detect, operands, terminal);
    const files = foreignFiles(found, operands, given);
    const problems = new BadRecords(given["strict"] !== undefined);
    const logs = searchWithProgress(files, { ...reading, ...searching }, given, terminal);
    const report = await detectFiles(logs, given, terminal, {
      ...run,
      onBad: (reason, place) => problems.add(reason, place),
    });
    const shown = toDetectReport(report);
    terminal.stdout.write(reporters[format](shown));
    if (given["quiet"] === undefined) {
      terminal.stderr.write(passedOverText(logs.seen()) + problems.summary());
    }
    if (format !== "table") {
      writeVerdict(shown.coverage, given, terminal);
    }
    return exitCodeOf(report.coverage, report.findings.length > 0, given);
  },
};

async function readRun(given: Given): Promise<Omit<RecordsRun<Place>, "onBad">> {
  const from = moment(given, "from") ?? -Infinity;
  const to = moment(given, "to") ?? Infinity;
  if (from >= to) {
    throw new UsageError(
      `--from ${valueOf(given, "from")} is not before --to ${valueOf(given, "to")}`,
    );
  }
  const rules = await chooseRules(given);
  return { rules, asOf: moment(given, "as-of"), from, to, ...coverageLimits(given) };
}

/**
 * A search looks at rows only as far as findings need it. Who wants to know of every bad record, or how many
 * rows were not yet published, has them all looked at; a state has to remember all approvals.
 */
function searchOptions(given: Given) {
  const whole = ["every-row", "strict", "as-of"];
  return {
    everyRow: whole.some((name) => given[name] !== undefined),
    everyApproval: given["state"] !== undefined,
    threads: wholeNumber(given, "threads", 1, mostThreads) ?? usualThreads,
  };
}

/** Without what earlier runs wrote below a folder that is read; named by itself, it is read like any file. */
function foreignFiles(
  files: readonly LogFile[],
  operands: readonly string[],
  given: Given,
): readonly LogFile[] {
  const own = [
    { folder: valueOf(given, "state"), isOwn: isStateFile },
    { folder: valueOf(given, "out"), isOwn: isIncidentFileName },
  ];
  const foreign = files.filter(
    ({ source, path }) =>
      path === null ||
      operands.includes(source) ||
      !own.some(
        ({ folder, isOwn }) =>
          folder !== null && resolve(folder) === dirname(resolve(path)) && isOwn(basename(path)),
      ),
  );
  if (foreign.length === 0) {
    throw new UsageError(`${operands.join(", ")}: only holds what earlier runs wrote, and no logs`);
  }
  return foreign;
}

/** Reads, judges, records and delivers, in this order: what is not recorded is never sent. */
async function detectFiles(
  logs: SignInFiles<Place>,
  given: Given,
  terminal: Terminal,
  run: RecordsRun<Place>,
): Promise<RecordsReport> {
  const stateFolder = valueOf(given, "state");
  const outFolder = valueOf(given, "out");
  const incidents = outFolder === null ? null : await IncidentFiles.open(outFolder);
  const disk = stateFolder === null ? null : await DiskState.open(stateFolder);
  const ledger = disk ?? new TempLedger();
  try {
    const report = await detectRecords(
      logs,
      { store: disk?.store ?? new MemoryStore(), ledger },
      run,
    );
    terminal.signal.throwIfAborted();
    await ledger.commit();
    if (incidents !== null) {
      await deliverFindings(incidentApiSink("files", incidents), report);
      await incidents.flush();
    }
    return report;
  } finally {
    await ledger.close();
  }
}
