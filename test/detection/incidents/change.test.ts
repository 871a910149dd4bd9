import { describe, expect, it } from "vitest";

import {
  describeChange,
  describeMerge,
  lateReason,
} from "../../../src/detection/incidents/change.ts";
import type { Context } from "../../../src/detection/context/context.ts";
import { toldOf, type ToldContext } from "../../../src/detection/decisions/told.ts";
import { byteLength } from "../../../src/detection/incidents/size.ts";
import type { Finding } from "../../../src/detection/decisions/finding.ts";
import type { Approval } from "../../../src/detection/signin/sighting.ts";
import { time } from "../../builders.ts";
import { approval, finding } from "../builders.ts";
import { campaign, noContext, registered, report, success } from "./contexts.ts";

const approved = {
  severity: "High",
  approval: { at: time("09:30"), match: "other" },
} as const;

describe("a comment", () => {
  it("says what changed, and why, each once", () => {
    const before = { facts: finding({ denials: 5 }).facts };
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
        before === null ? null : { facts: finding({ fraudReports: before }).facts },
        finding({ fraudReports: now }),
      );
    expect(comment(0, 2)).toContain("\nThe user reported 2 prompts as fraud.");
    expect(comment(null, 1)).toContain("\nThe user reported 1 prompt as fraud.");
    expect(comment(2, 2)).not.toContain("as fraud");
  });

  it("says when the rule fired if that moved, and nothing if no action is needed", () => {
    const comment = (before: string | null) =>
      describeChange(
        "evidence-replaced",
        before === null ? null : { facts: finding({ triggeredAt: time(before) }).facts },
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
      describeChange(reason, { facts: finding().facts }, finding(more));
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

  it("says of an approval that is new whence it came, as far as its row says", () => {
    const details = {
      location: "Berlin, DE",
      application: "Office 365",
      method: "mobile app notification",
      session: "s1",
    };
    const comment = (more: Partial<Approval>, before = finding().facts) =>
      describeChange(
        "approved-after",
        { facts: before },
        { ...finding(approved), approvals: [approval("09:20"), approval("09:30", more)] },
      );
    expect(comment({ details })).toContain(
      "\nAddress 198.51.100.99, place Berlin, DE, application Office 365, method mobile app notification, session s1.",
    );
    expect(comment({ ipAddress: null })).toContain(
      "\nAddress unknown, place unknown, application unknown, method unknown, session unknown.",
    );
    expect(comment({ details }, finding(approved).facts)).not.toContain("session");
    const other = {
      ...approved,
      approval: { ...approved.approval, match: "same-address" },
    } as const;
    expect(comment({ details }, finding(other).facts)).toContain("session s1");
    const earlier = { ...approved, approval: { at: time("09:20"), match: "other" } } as const;
    expect(comment({ details }, finding(earlier).facts)).toContain("session s1");
  });

  const of = (context: Partial<Context>) => ({
    ...finding(),
    context: { ...noContext, ...context },
  });

  it("lists each sign once, those of a takeover first", () => {
    const protective = { ...registered, at: time("09:19"), meaning: "protective" as const };
    const mine = { ...protective, at: time("09:18"), meaning: "neutral" as const };
    const all = {
      reports: [report, { ...report, at: time("09:13"), by: null }],
      followed: [mine, protective, { ...registered, address: null }],
      successes: [success, { ...success, user: "bob@contoso.com", application: null }],
    };
    const lines = describeChange("followed-by", null, of(all)).split("\n").slice(1);
    expect(lines).toEqual([
      "**User registered security info** at 09:20:00: a sign of a takeover.",
      "**Suspicious activity reported** at 09:12:00 by `alice@contoso.com`.",
      "**Suspicious activity reported** at 09:13:00.",
      "`alice@contoso.com` **signed in** at 09:25:00 from 203.0.113.10, Office 365.",
      "`bob@contoso.com` **signed in** at 09:25:00 from 203.0.113.10.",
      "**User registered security info** at 09:19:00 from 203.0.113.10: in the account's defence.",
    ]);
    const { facts } = finding();
    const told = toldOf({ ...noContext, ...all });
    expect(describeChange("followed-by", { facts, told }, of(all)).split("\n")).toHaveLength(1);
    const part = toldOf({ ...noContext, reports: all.reports, successes: all.successes });
    expect(describeChange("followed-by", { facts, told: part }, of(all)).split("\n")).toHaveLength(
      3,
    );
  });

  it("names ten signs at most", () => {
    const comment = (count: number) =>
      describeChange(
        "severity-raised",
        null,
        of({
          followed: Array.from({ length: count }, (_, i) => ({
            ...registered,
            at: registered.at + i * 1_000,
          })),
        }),
      );
    expect(comment(10)).not.toContain("more event");
    expect(comment(11)).toContain("\nAnd 1 more event, in the description.");
  });

  it("says what is new about the origin and the campaign", () => {
    const known = of({
      origins: { ...noContext.origins, verdict: "new", historyDays: 30 },
      campaign,
    });
    const { facts } = finding();
    const comment = (told: ToldContext | undefined, found: Finding = known) =>
      describeChange("context-added", told === undefined ? { facts } : { facts, told }, found);
    const told: ToldContext = { verdict: "unknown", campaign: null, signs: [], isPartial: true };
    for (const text of [comment(undefined), comment(told)]) {
      expect(text).toContain("\nThey came from ");
      expect(text).toContain("\nCampaign: 2 other users with refused or failed prompts");
    }
    expect(comment({ ...told, verdict: "new", campaign: "x" }).split("\n")).toHaveLength(1);
    expect(comment(undefined, of({})).split("\n")).toHaveLength(1);
    expect(comment(undefined, finding()).split("\n")).toHaveLength(1);
  });

  it("is cut before it is too long", () => {
    // A reason has no bounds of its own here.
    const long = describeChange("grew".repeat(10_000) as "grew", null, finding());
    expect(byteLength(long)).toBeLessThanOrEqual(30_000);
    expect(long.endsWith("\n[cut: too long for a comment]")).toBe(true);
  });

  it("says why an incident must be changed without a decision", () => {
    const reasons = (["open", "none", "update"] as const).map((action) => lateReason({ action }));
    expect(reasons).toEqual(["found again", "delivered late", null]);
  });

  it("says where the story of a merged incident goes on", () => {
    expect(describeMerge("the-keeper")).toContain("belong to incident the-keeper;");
  });
});
