import { csv } from "./csv.ts";
import type { DetectReport } from "./detectReport.ts";
import type { Look } from "../text/look.ts";
import type { Reported } from "../../run/detectRecords.ts";
import { excel, prompts } from "./spreadsheet.ts";
import { table } from "./table.ts";

export const formats = ["table", "json", "ndjson", "csv", "excel", "prompts"] as const;

type Format = (typeof formats)[number];

/** What a format may need besides the report. */
interface Printing {
  readonly look: Look;
  /** The files, as the user gave them. */
  readonly operands: readonly string[];
  readonly findings: readonly Reported[];
}

/** Functions that return the text of a whole run, by format. */
export const reporters: Readonly<
  Record<Format, (report: DetectReport, printing: Printing) => string>
> = {
  table: (report, { look, operands }) => table(report, look, operands),
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  ndjson,
  csv,
  excel,
  prompts: (_, { findings }) => prompts(findings),
};

/**
 * Returns one line per finding, then the findings that were not opened, then one line with the run and its coverage.
 * If the last line is missing, the output was cut off.
 */
function ndjson({ schemaVersion, run, coverage, findings, notOpened }: DetectReport): string {
  return [
    ...findings.map((finding) => ({ schemaVersion, finding })),
    ...notOpened.map((finding) => ({ schemaVersion, notOpened: finding })),
    { schemaVersion, run, coverage },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}
