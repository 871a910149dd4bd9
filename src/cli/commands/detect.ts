import { basename, dirname, resolve } from "node:path";
import type { LogFile } from "../../files/findLogFiles.ts";
import { IncidentFiles, isIncidentFileName } from "../../files/incidentFiles.ts";
import type { Entry, Place } from "../../files/readRecords.ts";
import { DiskState, isStateFile } from "../../files/diskState.ts";
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
import {
  findInput,
  inputDetail,
  inputOptions,
  readingOptions,
  readWithProgress,
} from "../readInput.ts";
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
    inputOptions.dateOrder,
    { name: "format", value: "FORMAT", help: `${formats.join(", ")}; table if not given.` },
    inputOptions.strict,
    { name: "exit-code", help: "Exit with 1 when there are findings." },
    inputOptions.quiet,
    inputOptions.noProgress,
  ],
  details: [inputDetail],
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
    const found = await findInput(detect, operands, terminal);
    const files = foreignFiles(found, operands, given);
    const problems = new BadRecords(given["strict"] !== undefined);
    const entries = readWithProgress(files, reading, given, terminal);
    const report = await detectFiles(entries, given, terminal, {
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

async function readRun(given: Given): Promise<Omit<RecordsRun<Place>, "onBad">> {
  const from = moment(given, "from") ?? -Infinity;
  const to = moment(given, "to") ?? Infinity;
  if (from >= to) {
    throw new UsageError(
      `--from ${valueOf(given, "from")} is not before --to ${valueOf(given, "to")}`,
    );
  }
  return { rules: await chooseRules(given), asOf: moment(given, "as-of"), from, to };
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
  entries: AsyncIterable<readonly Entry[]>,
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
      entries,
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

function exitCode({ counts, findings }: RecordsReport, given: Given): number {
  if (counts.badRecords > 0) {
    return exitCodes.partial;
  }
  return given["exit-code"] !== undefined && findings.length > 0
    ? exitCodes.findings
    : exitCodes.done;
}
