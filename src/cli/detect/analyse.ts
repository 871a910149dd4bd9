import { availableParallelism } from "node:os";
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
} from "../readInput.ts";
import { chooseRules, ruleOptions } from "../ruleOptions.ts";
import { counted } from "../text/words.ts";
import { UsageError } from "../usageError.ts";
import { moment, oneOf, wholeNumber } from "../values.ts";

/** More are kept waiting by the disk. */
const mostThreads = 64;
const usualThreads = Math.min(8, availableParallelism());

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
    help: "Take apart every row, not only those with words of denials; finds damage in all.",
  },
  {
    name: "threads",
    value: "N",
    help: "Threads that search large files; the processors, 8 at most, if not given.",
  },
  {
    name: "context",
    value: "on|off",
    help: "off: say nothing of what was before, around and after a finding; on if not given.",
  },
  inputOptions.strict,
  ...coverageOptions,
  { name: "exit-code", help: "Exit with 1 when there are findings." },
  inputOptions.quiet,
  inputOptions.noProgress,
];

/** What a command found in its logs. */
interface Analysis {
  readonly rules: readonly Rule[];
  readonly files: readonly LogFile[];
  readonly report: RecordsReport;
  readonly exitCode: number;
}

/** Reads the logs that a command was given, and judges them by the rules that it was given. */
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
  const context = (oneOf(given, "context", ["on", "off"]) ?? "on") === "on";
  return { rules, asOf: moment(given, "as-of"), from, to, context, ...coverageLimits(given) };
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
    await ledger.close();
  }
}

/** Sign-ins and authentication details that were kept for each other. */
function forgottenText(requests: number): string {
  return `mfa-deny: ${counted(requests, "request")} waited in the state for over 180 days for sign-ins or authentication details that never came: forgotten\n`;
}
