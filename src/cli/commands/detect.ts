import { findLogFiles, type LogFile } from "../../files/findLogFiles.ts";
import { IncidentFiles } from "../../files/incidentFiles.ts";
import { readRecords, type Entry, type Place } from "../../files/readRecords.ts";
import { DiskState } from "../../files/diskState.ts";
import { TempLedger } from "../../files/tempLedger.ts";
import { incidentApiSink } from "../../pipeline/incidentApi.ts";
import { deliverFindings } from "../../pipeline/deliverFindings.ts";
import {
  detectRecords,
  type RecordsReport,
  type RecordsRun,
} from "../../pipeline/detectRecords.ts";
import { MemoryStore } from "../../pipeline/memoryStore.ts";
import { valueOf } from "../args.ts";
import { exitCodes, type Command, type Given, type Terminal } from "../command.ts";
import { BadRecords } from "../badRecords.ts";
import { Progress } from "../progress.ts";
import { toDetectReport } from "../reporters/detectReport.ts";
import { formats, reporters } from "../reporters/reporters.ts";
import { chooseRules, ruleOptions } from "../ruleOptions.ts";
import { UsageError } from "../usageError.ts";
import { moment, oneOf } from "../values.ts";

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
    { name: "from", value: "TIME", help: "Only bursts whose first denial is at or after TIME." },
    { name: "to", value: "TIME", help: "Only bursts whose first denial is before TIME." },
    { name: "format", value: "FORMAT", help: `${formats.join(", ")}; table if not given.` },
    { name: "strict", help: "End at the first bad record, with exit code 2." },
    { name: "exit-code", help: "Exit with 1 when there are findings." },
    { name: "quiet", short: "q", help: "No messages on standard error but errors." },
    { name: "no-progress", help: "No progress line." },
  ],
  details: [
    "FILE is a file, a folder or - for standard input, plain or gzip: Log Analytics exports (one object a\nline, or an array), query answers, Event Hub and diagnostic-settings records. The kind is told by content.",
  ],
  async run(given, operands, terminal) {
    const run = readRun(given);
    if (operands.length === 0) {
      throw new UsageError("detect needs a FILE, a folder, or - for standard input");
    }
    const format = oneOf(given, "format", formats) ?? "table";
    const files = await findLogFiles(operands);
    const problems = new BadRecords(given["strict"] !== undefined);
    const report = await detectFiles(files, given, terminal, {
      ...run,
      onBad: (reason, place) => problems.add(reason, place),
    });
    terminal.stdout.write(reporters[format](toDetectReport(report)));
    if (given["quiet"] === undefined) {
      terminal.stderr.write(problems.summary());
    }
    return exitCode(report, given);
  },
};

function readRun(given: Given): Omit<RecordsRun<Place>, "onBad"> {
  const from = moment(given, "from") ?? -Infinity;
  const to = moment(given, "to") ?? Infinity;
  if (from >= to) {
    throw new UsageError(
      `--from ${valueOf(given, "from")} is not before --to ${valueOf(given, "to")}`,
    );
  }
  return { rules: chooseRules(given), asOf: moment(given, "as-of"), from, to };
}

/** Reads, judges, records and delivers, in this order: what is not recorded is never sent. */
async function detectFiles(
  files: readonly LogFile[],
  given: Given,
  terminal: Terminal,
  run: RecordsRun<Place>,
): Promise<RecordsReport> {
  const stateFolder = valueOf(given, "state");
  const outFolder = valueOf(given, "out");
  const disk = stateFolder === null ? null : await DiskState.open(stateFolder);
  const ledger = disk ?? new TempLedger();
  try {
    const entries = readWithProgress(files, given, terminal);
    const report = await detectRecords(
      entries,
      { store: disk?.store ?? new MemoryStore(), ledger },
      run,
    );
    terminal.signal.throwIfAborted();
    await ledger.commit();
    if (outFolder !== null) {
      const incidents = new IncidentFiles(outFolder);
      await deliverFindings(incidentApiSink("files", incidents), report);
      await incidents.flush();
    }
    return report;
  } finally {
    await ledger.close();
  }
}

async function* readWithProgress(
  files: readonly LogFile[],
  given: Given,
  { stdin, stderr, signal }: Terminal,
): AsyncGenerator<readonly Entry[]> {
  const shown = given["no-progress"] === undefined && given["quiet"] === undefined;
  const sizes = files.map((file) => file.bytes ?? NaN);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const progress = new Progress(shown ? stderr : null, Number.isNaN(total) ? null : total);
  const onBytes = (count: number) => progress.addBytes(count);
  try {
    for await (const batch of readRecords(files, { stdin, signal, onBytes })) {
      progress.addRows(batch.length);
      yield batch;
    }
  } finally {
    progress.clear();
  }
}

function exitCode({ counts, findings }: RecordsReport, given: Given): number {
  if (counts.badRecords > 0) {
    return exitCodes.partial;
  }
  return given["exit-code"] !== undefined && findings.length > 0
    ? exitCodes.findings
    : exitCodes.done;
}
