import { formatTime } from "../../detection/signin/time.ts";
import type { Coverage } from "../../run/coverage.ts";
import { coverageNotes, extentText } from "./verdictText.ts";

/** The member `coverage` of reports: what the read could see. */
export type CoverageReport = ReturnType<typeof toCoverageReport>;

export function toCoverageReport(coverage: Coverage) {
  const { oldestRow, newestRow, files, ...rest } = coverage;
  return {
    ...rest,
    oldestRow: timeOrNull(oldestRow),
    newestRow: timeOrNull(newestRow),
    files: files.map((file) => ({
      ...file,
      oldestRow: timeOrNull(file.oldestRow),
      newestRow: timeOrNull(file.newestRow),
    })),
    /** Returns text for people: what was read, and what could not be seen. */
    summary: extentText(coverage),
    notes: coverageNotes(coverage),
  };
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : formatTime(at);
}
