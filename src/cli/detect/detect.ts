import type { Command } from "../command.ts";
import { heads } from "../heads.ts";
import { toCoverageReport } from "../verdict/coverageReport.ts";
import { writeVerdict } from "../verdict/verdictLines.ts";
import { inputDetail } from "../readInput.ts";
import { lookOptions, readLook } from "../text/look.ts";
import { oneOf } from "../values.ts";
import { valueOf } from "../args.ts";
import { counted } from "../text/words.ts";
import { printOrSave, writtenLine } from "../writeResult.ts";
import { analyse, analysisOptions } from "./analyse.ts";
import { formats, reporters } from "./reporters.ts";

/** The effects of searching that users can notice. */
const searchDetail =
  "In files with one object a line, only lines that contain a denial keyword are parsed, and possible approvals by\nusers with findings. The findings are the same. Every other line counts as one row that is not a candidate: a\ntruncated one is reported as bad, other damage in it goes unnoticed. The same goes for the rows of CSV with the\ncolumns of Log Analytics or Microsoft Graph, of which no damage goes unnoticed. --every-row, --strict and --as-of\nparse all lines and rows.";

export const detect: Command = {
  ...heads.detect,
  options: [
    {
      name: "state",
      value: "DIR",
      help: "Remember what was found, so that each burst stays one incident.",
    },
    { name: "out", value: "DIR", help: "Write each incident to DIR/<incidentId>.json." },
    { name: "format", value: "FORMAT", help: `${formats.join(", ")}. Default: table.` },
    {
      name: "save",
      value: "FILE",
      help: "Write the result to FILE unchanged; some shells re-encode what > writes.",
    },
    ...analysisOptions,
    ...lookOptions,
  ],
  details: [inputDetail, searchDetail],
  examples: [
    {
      line: "mfa-deny detect examples/contoso-day.ndjson.gz",
      says: "The findings of the rule that is on by default.",
    },
    {
      line: "mfa-deny detect --rules examples/rules.json --format csv examples/contoso-day.ndjson.gz",
      says: "With your own numbers, for a script.",
    },
    {
      line: "mfa-deny detect --format excel --save findings.csv examples/contoso-day.ndjson.gz",
      says: "For a spreadsheet; --format prompts has a row for each refused prompt.",
    },
    {
      line: "mfa-deny detect --state state --out incidents examples/contoso-day.ndjson.gz",
      says: "A finding stays one incident when more logs come, or the same logs again.",
    },
  ],
  async run(given, operands, terminal) {
    const look = readLook(given, terminal);
    const format = oneOf(given, "format", formats) ?? "table";
    const { report, exitCode } = await analyse(detect, given, operands, terminal);
    await printOrSave(reporters[format](report, { look, operands }), given, terminal);
    const out = valueOf(given, "out");
    if (out !== null && format === "table") {
      terminal.stdout.write(incidentsLine(out, report.findings.length));
    }
    if (format !== "table") {
      writeVerdict(toCoverageReport(report.coverage), given, terminal);
    }
    return exitCode;
  },
};

function incidentsLine(folder: string, number: number): string {
  return number === 0
    ? "Written: no incident, because nothing was found.\n"
    : writtenLine([`${folder} (${counted(number, "incident")}, a file each)`]);
}
