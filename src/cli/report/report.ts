import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { formatTime } from "../../detection/signin/time.ts";
import type { LogFile } from "../../logs/files/findLogFiles.ts";
import { InputTally } from "../../logs/files/inputTally.ts";
import { valueOf } from "../args.ts";
import type { Command, Given, Terminal } from "../command.ts";
import { heads } from "../heads.ts";
import { analyse, analysisOptions } from "../detect/analyse.ts";
import type { RecordsReport } from "../../run/detectRecords.ts";
import { toCoverageReport } from "../verdict/coverageReport.ts";
import { toDetectReport } from "../detect/detectReport.ts";
import { coverageLines } from "../verdict/verdictLines.ts";
import { readWithProgress, readingOptions } from "../readInput.ts";
import { UsageError } from "../usageError.ts";
import { headline } from "../verdict/harm.ts";
import { attackOf } from "./attackOf.ts";
import { writeNamed, writtenLine } from "../writeResult.ts";
import type { Input } from "./page.ts";

/** Options that affect the findings and name nobody. */
const shownOptions: ReadonlySet<string> = new Set([
  "as-of",
  "from",
  "to",
  "rule",
  "threshold",
  "window",
  "context",
  "date-order",
]);

export const report: Command = {
  ...heads.report,
  options: [
    { name: "out", value: "PAGE", help: "The file for the page. Default: case.html." },
    {
      name: "case",
      value: "DIR",
      help: "Also write DIR: timeline.csv (Timesketch), findings.json, rows.ndjson, README.txt.",
    },
    {
      name: "redact",
      help: "Replace names, ids, addresses, places and paths with numbers, the same everywhere.",
    },
    ...analysisOptions,
  ],
  details: ["The page is one file: it loads nothing, runs no script, and prints well."],
  examples: [
    {
      line: "mfa-deny report examples/contoso-day.ndjson.gz --out case.html --case case",
      says: "A page to pass on, and a folder for the case.",
    },
  ],
  async run(given, operands, terminal) {
    const out = valueOf(given, "out") ?? "case.html";
    if (given["out"] !== undefined && out.trim() === "") {
      throw new UsageError("--out is blank; it must name a file");
    }
    // Here `out` is the page, not a folder of incidents.
    const { out: _page, ...reading } = given;
    const analysis = await analyse(report, reading, operands, terminal);
    const { page } = await import("./page.ts");
    const { Redaction } = await import("./redact.ts");
    const redaction = given["redact"] === undefined ? null : new Redaction();
    const redacted = <T>(value: T): T => (redaction === null ? value : redaction.value(value));
    const madeAt = (terminal.now ?? Date.now)();
    // Redact before sentences are made: in a sentence, a path looks like any other words.
    const found = redacted(analysis.report);
    const { findings } = found;
    const inputs = (await hashAll(analysis.files)).map((input) => ({
      ...input,
      path: redaction?.path(input.path) ?? input.path,
    }));
    const coverage = sentencesOf(found);
    const { rules } = analysis;
    const { verdict } = found.coverage;
    const attacks = findings.map(attackOf);
    await writeNamed(
      "out",
      out,
      page({ findings, rules, verdict, coverage, inputs, run: runFacts(found, given, madeAt) }),
    );
    terminal.stdout.write(`${headline(attacks, verdict)}\n${coverage.join("\n")}\n`);
    const written = [out, ...(await writeCaseFolder(given, analysis, redacted, terminal, madeAt))];
    terminal.stdout.write(writtenLine(written));
    return analysis.exitCode;
  },
};

function sentencesOf({ coverage, findings }: RecordsReport): readonly string[] {
  return coverageLines(toCoverageReport(coverage), findings.length > 0)
    .split("\n")
    .filter((line) => line !== "");
}

function runFacts(
  { coverage: { rows, oldestRow, newestRow } }: RecordsReport,
  given: Given,
  madeAt: number,
): readonly (readonly [string, string])[] {
  const time = (at: number | null) => (at === null ? "none" : formatTime(at));
  const asked = Object.entries(given).flatMap(([name, values]) =>
    shownOptions.has(name) ? values.map((value) => [`--${name}`, value] as const) : [],
  );
  return [
    ["made", time(madeAt)],
    ["made by", `mfa-deny ${__VERSION__}, Node.js ${process.versions.node}`],
    ["rows", String(rows)],
    ["oldest row", time(oldestRow)],
    ["newest row", time(newestRow)],
    ...asked,
  ];
}

type Analysis = Awaited<ReturnType<typeof analyse>>;

async function writeCaseFolder(
  given: Given,
  { files, report: read }: Analysis,
  redacted: <T>(value: T) => T,
  terminal: Terminal,
  madeAt: number,
): Promise<readonly string[]> {
  const folder = valueOf(given, "case");
  if (folder === null) {
    return [];
  }
  const { evidenceRows } = await import("./evidenceRows.ts");
  const { writeCase } = await import("./caseFolder.ts");
  const entries = readWithProgress(files, readingOptions(given), given, terminal, new InputTally());
  const rows = await evidenceRows(entries, read.findings);
  const found = redacted(read);
  const names = await writeCase(folder, {
    report: toDetectReport(found),
    findings: found.findings,
    rows: redacted(rows),
    madeAt,
  });
  return names.map((name) => `${folder}/${name}`);
}

/** Standard input cannot be read twice, so it has no hash. */
async function hashAll(files: readonly LogFile[]): Promise<readonly Input[]> {
  const inputs: Input[] = [];
  for (const { source, path } of files) {
    if (path !== null) {
      const hash = createHash("sha256");
      const stream = createReadStream(path);
      await pipeline(stream, hash);
      inputs.push({ path: source, bytes: stream.bytesRead, sha256: hash.digest("hex") });
    }
  }
  return inputs;
}
