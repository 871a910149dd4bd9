import { visible } from "../../detection/signin/visible.ts";
import type { Given, Terminal } from "../command.ts";
import type { CoverageReport } from "./coverageReport.ts";

/** Longest sentence that is shown; it can name files and quote texts. */
const longest = 4_000;

/**
 * The verdict for a person. Only a complete read says that there are no findings.
 *
 * @param hasFindings also true for a command that does not look for them
 */
export function coverageLines(coverage: CoverageReport, hasFindings: boolean): string {
  return [firstLine(coverage, hasFindings), ...coverage.notes]
    .map((line) => `${visible(line, longest)}\n`)
    .join("");
}

function firstLine({ verdict, summary }: CoverageReport, hasFindings: boolean): string {
  switch (verdict) {
    case "complete":
      return hasFindings ? `Read ${summary}.` : `No findings in ${summary}.`;
    case "partial":
      return `PARTIAL: read ${summary}. Not everything in it could be judged.`;
    case "blind":
      return `BLIND: read ${summary}. This input cannot show refusals.`;
  }
}

/**
 * Says on standard error why a read is not complete, beside a report for programs. What makes a read blind is said
 * under `--quiet` too, because it is why the command fails.
 */
export function writeVerdict(
  { verdict, notes, shortfalls }: CoverageReport,
  given: Given,
  { stderr }: Pick<Terminal, "stderr">,
): void {
  const isSaid = verdict === "blind" || given["quiet"] === undefined;
  shortfalls.forEach((shortfall, index) => {
    // Bad records and files that were passed over have a message each.
    if (isSaid && shortfall !== "badRecords" && shortfall !== "passedOver") {
      stderr.write(`mfa-deny: ${verdict}: ${visible(notes[index] ?? "", longest)}\n`);
    }
  });
}
