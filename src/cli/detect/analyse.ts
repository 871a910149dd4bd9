import { basename, dirname, resolve } from "node:path";
import type { LogFile } from "../../logs/files/findLogFiles.ts";
import { IncidentFiles, isIncidentFileName } from "../../sinks/folder/incidentFiles.ts";

import { DiskState, isStateFile } from "../../state/disk/diskState.ts";
import { TempLedger } from "../../state/disk/tempLedger.ts";
import { incidentApiSink } from "../../sinks/sentinel/incidentApi.ts";
import { deliverFindings } from "../../run/deliverFindings.ts";
import { detectRecords, type RecordsReport, type RecordsRun } from "../../run/detectRecords.ts";
import { MemoryStore } from "../../state/memoryStore.ts";
import type { Rule } from "../../detection/rules/rule.ts";
import { valueOf } from "../args.ts";
import type { Command, Given, Option, Output, Terminal } from "../command.ts";
import { coverageLimits, coverageOptions, exitCodeOf } from "../verdict/verdictOptions.ts";
import { BadRecords } from "../badRecords.ts";
import {
  findInput,
  inputOptions,
  passedOverText,
  readingOptions,
  searchWithProgress,
  usualThreads,
  wantsContext,
} from "../readInput.ts";
import { chooseRules, ruleOptions } from "../ruleOptions.ts";
import { counted } from "../text/words.ts";
import { UsageError } from "../usageError.ts";
import { moment, wholeNumber } from "../values.ts";

/** More threads would only wait for the disk. */
const mostThreads = 64;

/** Options of every command that looks for findings in logs. */
export const analysisOptions: readonly Option[] = [
  ...ruleOptions,
  { name: "as-of", value: "TIME", help: "Use only rows published (TimeGenerated) by then." },
  {
    name: "from",
    value: "TIME",
    help: "Only bursts whose first denial is at or after TIME.",
  },
  { name: "to", value: "TIME", help: "Only bursts whose first denial is before TIME." },
  inputOptions.dateOrder,
  {
    name: "every-row",
    help: "Parse every row, not only those with a denial keyword; finds all damaged rows.",
  },
  {
    name: "threads",
    value: "N",
    help: "Threads that search large files. Default: one per processor, at most 8.",
  },
  {
    name: "context",
    value: "on|off",
    help: "off: do not look up what happened before, around and after findings. Default: on.",
  },
  inputOptions.strict,
  ...coverageOptions,
  { name: "exit-code", help: "Exit with 1 when there are findings." },
  inputOptions.quiet,
  inputOptions.noProgress,
];

/** The result of a command that judges logs. */
interface Analysis {
  readonly rules: readonly Rule[];
  readonly files: readonly LogFile[];
  readonly report: RecordsReport;
  readonly exitCode: number;
}

/** Reads the given logs and judges them by the given rules. */
export async function analyse(
  command: Command,
  given: Given,
  operands: readonly string[],
  terminal: Terminal,
): Promise<Analysis> {
  const run = await readRun(given, terminal.stderr);
  const reading = readingOptions(given);
  const searching = searchOptions(given);
  const files = foreignFiles(await findInput(command, operands, terminal), operands, given);
  const problems = new BadRecords(given["strict"] !== undefined);
  const logs = searchWithProgress(files, { ...reading, ...searching }, given, terminal);
  const report = await detectFiles(logs, given, terminal, {
    ...run,
    onBad: (reason, place) => problems.add(reason, place),
  });
  if (given["quiet"] === undefined) {
    terminal.stderr.write(passedOverText(logs.seen()) + problems.summary());
  }
  const exitCode = exitCodeOf(report.coverage, report.findings.length > 0, given);
  return { rules: run.rules, files, report, exitCode };
}

async function readRun(given: Given, stderr: Output): Promise<Omit<RecordsRun, "onBad">> {
  const from = moment(given, "from") ?? -Infinity;
  const to = moment(given, "to") ?? Infinity;
  if (from >= to) {
    throw new UsageError(
      `--from ${valueOf(given, "from")} is not before --to ${valueOf(given, "to")}`,
    );
  }
  const rules = await chooseRules(given, stderr);
  const context = wantsContext(given);
  return { rules, asOf: moment(given, "as-of"), from, to, context, ...coverageLimits(given) };
}

/**
 * A search parses only the rows that findings need. Options that report every bad record, or every row not yet
 * published, have all rows parsed. A state must remember all approvals.
 */
function searchOptions(given: Given) {
  const whole = ["every-row", "strict", "as-of"];
  return {
    everyRow: whole.some((name) => given[name] !== undefined),
    everyApproval: given["state"] !== undefined,
    context: wantsContext(given),
    threads: wholeNumber(given, "threads", 1, mostThreads) ?? usualThreads,
  };
}

/** Leaves out the files that earlier runs wrote into a folder that is read. A file named by itself is always read. */
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
    throw new UsageError(`${operands.join(", ")}: contains no logs, only what earlier runs wrote`);
  }
  return foreign;
}

/** Reads, judges, records and delivers, in this order. Nothing is sent before it is recorded. */
async function detectFiles(
  logs: ReturnType<typeof searchWithProgress>,
  given: Given,
  terminal: Terminal,
  run: RecordsRun,
): Promise<RecordsReport> {
  const stateFolder = valueOf(given, "state");
  const outFolder = valueOf(given, "out");
  const incidents = outFolder === null ? null : await IncidentFiles.open(outFolder);
  const disk = stateFolder === null ? null : await DiskState.open(stateFolder);
  const ledger = disk ?? new TempLedger();
  try {
    if (disk !== null) {
      const forgotten = logs.resume(await disk.readPending(), Date.now());
      if (forgotten > 0 && given["quiet"] === undefined) {
        terminal.stderr.write(forgottenText(forgotten));
      }
    }
    const report = await detectRecords(
      logs,
      { store: disk?.store ?? new MemoryStore(), ledger },
      run,
    );
    terminal.signal.throwIfAborted();
    disk?.keepPending(logs.pending(Date.now()));
    await ledger.commit();
    if (incidents !== null) {
      await deliverFindings(incidentApiSink("files", incidents), report);
      await incidents.flush();
    }
    return report;
  } finally {
    await Promise.all([ledger.close(), logs.close()]);
  }
}

/** Returns a note about sign-ins and authentication details whose counterparts never came. */
function forgottenText(requests: number): string {
  return `mfa-deny: ${counted(requests, "request")} waited in the state for over 180 days for sign-ins or authentication details that never came: forgotten\n`;
}
