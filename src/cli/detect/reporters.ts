import { csv } from "./csv.ts";
import type { DetectReport } from "./detectReport.ts";
import type { Look } from "../text/look.ts";
import type { Reported } from "../../run/detectRecords.ts";
import { excel, prompts } from "./spreadsheet.ts";
import { table } from "./table.ts";

export const formats = ["table", "json", "ndjson", "csv", "excel", "prompts"] as const;

type Format = (typeof formats)[number];

/** What a format may need beside the report. */
interface Printing {
  readonly look: Look;
  /** The files, as they were given. */
  readonly operands: readonly string[];
  readonly findings: readonly Reported[];
}

/** The text of a whole run in each format. */
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

/** A finding a line, then those not opened, then one line with the run and its coverage: where that is missing, the output was cut off. */
function ndjson({ schemaVersion, run, coverage, findings, notOpened }: DetectReport): string {
  return [
    ...findings.map((finding) => ({ schemaVersion, finding })),
    ...notOpened.map((finding) => ({ schemaVersion, notOpened: finding })),
    { schemaVersion, run, coverage },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}
