import { visible } from "../../detection/signin/visible.ts";
import type { Given, Terminal } from "../command.ts";
import type { CoverageReport } from "./coverageReport.ts";

/** Maximum length of a sentence, which can name files and quote texts. */
const longest = 4_000;

/**
 * Returns the verdict for a person. Only a complete read can say that there are no findings.
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
 * Says on standard error why a read is not complete, besides a report for programs. Reasons for a blind read appear
 * even with `--quiet`, because the command fails for them.
 */
export function writeVerdict(
  { verdict, notes, shortfalls }: CoverageReport,
  given: Given,
  { stderr }: Pick<Terminal, "stderr">,
): void {
  const isSaid = verdict === "blind" || given["quiet"] === undefined;
  shortfalls.forEach((shortfall, index) => {
    // Bad records and skipped files have their own messages.
    if (isSaid && shortfall !== "badRecords" && shortfall !== "passedOver") {
      stderr.write(`mfa-deny: ${verdict}: ${visible(notes[index] ?? "", longest)}\n`);
    }
  });
}
