import type { RecordsReport } from "../../run/detectRecords.ts";
import type { Look } from "../text/look.ts";
import { csv } from "./csv.ts";
import { toDetectReport } from "./detectReport.ts";
import { json, ndjson } from "./json.ts";
import { excel, prompts } from "./spreadsheet.ts";
import { table } from "./table.ts";

export const formats = ["table", "json", "ndjson", "csv", "excel", "prompts"] as const;

type Format = (typeof formats)[number];

/** What a format may need besides the report. */
interface Printing {
  readonly look: Look;
  /** The files, as the user gave them. */
  readonly operands: readonly string[];
}

/** Functions that return the text of a whole run, in pieces if it can be long, by format. */
export const reporters: Readonly<
  Record<Format, (report: RecordsReport, printing: Printing) => Iterable<string>>
> = {
  table: (report, { look, operands }) => [table(toDetectReport(report), look, operands)],
  json,
  ndjson,
  csv: (report) => [csv(toDetectReport(report))],
  excel: (report) => [excel(toDetectReport(report))],
  prompts: ({ findings }) => [prompts(findings)],
};
