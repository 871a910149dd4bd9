import { describe, expect, it } from "vitest";

import {
  describeChange,
  describeMerge,
  lateReason,
} from "../../../src/detection/incidents/change.ts";
import { time } from "../../builders.ts";
import { byteLength } from "../../../src/detection/incidents/size.ts";
import { finding } from "../builders.ts";
import { noContext, registered } from "./contexts.ts";

const approved = {
  severity: "High",
  approval: { at: time("09:30"), match: "other" },
} as const;

describe("a comment", () => {
  it("says what changed, and why, each once", () => {
    const before = finding({ denials: 5 }).facts;
    expect(describeChange("grew", before, finding({ denials: 7 }))).toBe(
      "Update (grew): 7 denials, 2 more than before, from 2026-03-10 09:00:00 to 09:10:00 UTC.",
    );
    expect(
      describeChange("approved-after", before, finding({ atLeast: true, ...approved })),
    ).toMatch(
      /^Update \(approved-after\): at least 5 denials, from .*\.\nSeverity raised from Medium to High\.\n\*\*20 minutes later a prompt was APPROVED\*\*/,
    );
  });

  it("mentions reports of fraud that are new, and no others", () => {
    const comment = (before: number | null, now: number) =>
      describeChange(
        "fraud-reported",
        before === null ? null : finding({ fraudReports: before }).facts,
        finding({ fraudReports: now }),
      );
    expect(comment(0, 2)).toContain("\nThe user reported 2 prompts as fraud.");
    expect(comment(null, 1)).toContain("\nThe user reported 1 prompt as fraud.");
    expect(comment(2, 2)).not.toContain("as fraud");
  });

  it("says when the rule fired where that moved, and nothing where nobody can act on it", () => {
    const comment = (before: string | null) =>
      describeChange(
        "evidence-replaced",
        before === null ? null : finding({ triggeredAt: time(before) }).facts,
        finding({ triggeredAt: time("09:06") }),
      );
    expect(comment("09:08")).toContain("\nThe rule fired at 09:06:00, not at 09:08:00.");
    expect(comment("09:06:00.500")).toBe("");
    expect(comment("09:06:59.999")).toBe("");
    expect(comment("09:07")).not.toBe("");
    expect(comment(null)).not.toContain("rule fired");
  });

  it("is never empty where something else changed as well", () => {
    const comment = (reason: "grew" | "evidence-replaced", more: Parameters<typeof finding>[0]) =>
      describeChange(reason, finding().facts, finding(more));
    expect(comment("evidence-replaced", { triggeredAt: time("09:09:59.500") })).toBe("");
    expect(comment("grew", { triggeredAt: time("09:09:59.500") })).not.toBe("");
    for (const more of [
      { denials: 4 },
      { fraudReports: 1 },
      { severity: "High" as const },
      { approval: approved.approval },
      { firstDenialAt: time("08:58") },
      { lastDenialAt: time("09:20") },
    ]) {
      expect(comment("evidence-replaced", more)).not.toBe("");
    }
  });

  it("does not compare with what it does not know", () => {
    expect(describeChange("found again", null, finding({ denials: 7 }))).toMatch(
      /^Update \(found again\): 7 denials, from .* UTC\.$/,
    );
  });

  it("names the signs of a takeover, ten at most", () => {
    const comment = (count: number) =>
      describeChange("severity-raised", null, {
        ...finding(),
        context: {
          ...noContext,
          followed: Array.from({ length: count }, (_, i) => ({
            ...registered,
            at: registered.at + i * 1_000,
            address: i === 0 ? null : registered.address,
          })),
        },
      });
    expect(comment(2)).toContain(
      "\n**User registered security info** at 09:20:00: a sign of a takeover.\n**User registered security info** at 09:20:01 from 203.0.113.10: a sign of a takeover.",
    );
    expect(comment(10)).not.toContain("more sign");
    expect(comment(11)).toContain("\nAnd 1 more sign of a takeover.");
  });

  it("is cut before it is too long", () => {
    // A reason has no bounds of its own here.
    const long = describeChange("grew".repeat(10_000) as "grew", null, finding());
    expect(byteLength(long)).toBeLessThanOrEqual(30_000);
    expect(long.endsWith("\n[cut: too long for a comment]")).toBe(true);
  });

  it("says why an incident must be changed where no decision does", () => {
    const reasons = (["open", "none", "update"] as const).map((action) => lateReason({ action }));
    expect(reasons).toEqual(["found again", "delivered late", null]);
  });

  it("says where the story of a merged incident goes on", () => {
    expect(describeMerge("the-keeper")).toContain("belong to incident the-keeper;");
  });
});
