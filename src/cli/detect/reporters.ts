import { csv } from "./csv.ts";
import type { DetectReport } from "./detectReport.ts";
import type { Look } from "../text/look.ts";
import { table } from "./table.ts";

export const formats = ["table", "json", "ndjson", "csv"] as const;

type Format = (typeof formats)[number];

/** The text of a whole run in each format. */
export const reporters: Readonly<
  Record<Format, (report: DetectReport, look: Look, operands: readonly string[]) => string>
> = {
  table,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  ndjson,
  csv,
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
