import { describe, expect, it } from "vitest";

import { describeChange, describeMerge } from "../../../src/detection/incidents/change.ts";
import { time } from "../../builders.ts";
import { finding } from "../builders.ts";

const approved = {
  severity: "High",
  approval: { at: time("09:30"), match: "other" },
} as const;

describe("a comment", () => {
  it("says what changed, and why", () => {
    const before = finding({ denials: 5 }).facts;
    expect(describeChange("grew", before, finding({ denials: 7 }))).toBe(
      "Update (grew): 7 denials, 2 more than before, between 2026-03-10T09:00:00.000Z and 2026-03-10T09:10:00.000Z.\n" +
        "Severity Medium.\n" +
        "No prompt was approved afterwards, as far as the log shows until now.",
    );
    expect(
      describeChange("approved-after", before, finding({ atLeast: true, ...approved })),
    ).toMatch(
      /^Update \(approved-after\): at least 5 denials, between .*\.\nSeverity raised from Medium to High\.\n\*\*A prompt was APPROVED afterwards/,
    );
  });

  it("tells of reports of fraud that are new, and of no others", () => {
    const comment = (before: number | null, now: number) =>
      describeChange(
        "fraud-reported",
        before === null ? null : finding({ fraudReports: before }).facts,
        finding({ fraudReports: now }),
      );
    expect(comment(0, 2)).toContain("\nReported as fraud by the user: 2.\n");
    expect(comment(null, 1)).toContain("\nReported as fraud by the user: 1.\n");
    expect(comment(2, 2)).not.toContain("fraud by the user");
  });

  it("tells when a rule turned out to have fired, where nothing else may have changed", () => {
    const before = finding({ triggeredAt: time("09:08") }).facts;
    const comment = (known: typeof before | null) =>
      describeChange("evidence-replaced", known, finding({ triggeredAt: time("09:06") }));
    expect(comment(before)).toContain(
      "\nThe rule fired at 2026-03-10T09:06:00.000Z, not at 2026-03-10T09:08:00.000Z.\n",
    );
    expect(comment(finding({ triggeredAt: time("09:06") }).facts)).not.toContain("rule fired");
    expect(comment(null)).not.toContain("rule fired");
  });

  it("does not compare with what it does not know", () => {
    expect(describeChange("found again", null, finding({ denials: 7 }))).toMatch(
      /^Update \(found again\): 7 denials, between .*\.\nSeverity Medium\.\n/,
    );
  });

  it("says where the story of a merged incident goes on", () => {
    expect(describeMerge("the-keeper")).toContain("burst of incident the-keeper;");
  });
});
