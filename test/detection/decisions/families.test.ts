import { describe, expect, it } from "vitest";

import { findStreaks } from "../../../src/detection/bursts/streak.ts";
import type { OriginVerdict } from "../../../src/detection/context/context.ts";
import { notOpenedReason } from "../../../src/detection/decisions/decision.ts";
import type { Judgement } from "../../../src/detection/decisions/findingOf.ts";
import { judge } from "../../../src/detection/decisions/judge.ts";
import type { Rule } from "../../../src/detection/rules/rule.ts";
import { alice, tenantId, time } from "../../builders.ts";
import { approval, prompts, recorded, rule } from "../builders.ts";
import { noContext } from "../incidents/contexts.ts";

const explicit = rule();
const gaveIn = rule({}, "mfa-deny-then-approve");
const subject = { rule: "explicit-mfa-deny", workspaceId: null, tenantId, user: alice.name };

function decide(
  denials: ReturnType<typeof prompts>,
  rules: readonly Rule[],
  more: Partial<Judgement> = {},
) {
  return judge({
    subject,
    recorded: [],
    views: rules.map((each) => ({
      rule: each,
      streaks: findStreaks(each, denials),
      hidden: [],
      prompts: denials,
    })),
    approvals: [approval("09:06")],
    incidentId: (name) => name,
    openFrom: null,
    bounded: false,
    ...more,
  });
}

const under = (verdict: OriginVerdict) => ({
  contextOf: () => ({ ...noContext, origins: { ...noContext.origins, verdict } }),
});

const two = prompts("09:00", "09:05");
const five = prompts("09:00", "09:01", "09:02", "09:03", "09:05");

describe("a burst that two rules found", () => {
  it("is recorded under the wider of their windows, whichever comes first", () => {
    const six = [...five, ...prompts("09:05:30")];
    for (const rules of [
      [explicit, gaveIn],
      [gaveIn, explicit],
    ]) {
      const [opened] = decide(five, rules);
      const before = opened === undefined ? [] : [opened.burst];
      const [grown] = decide(six, rules, { recorded: before });
      expect(grown).toMatchObject({ action: "update", burst: { windowMs: gaveIn.windowMs } });
    }
  });
});

describe("refusals and an approval", () => {
  it("from a usual origin are no incident, but are not dropped", () => {
    const [decision, ...others] = decide(two, [gaveIn], under("usual"));
    expect(others).toEqual([]);
    expect(decision).toMatchObject({ action: "none", reason: "usual-origin" });
    expect(decision && notOpenedReason(decision)).toBe("usual-origin");
  });

  it("from any other origin are one, which is named by its own rule", () => {
    for (const [verdict, severity] of [
      ["new", "High"],
      ["mixed", "High"],
      ["unknown", "Medium"],
    ] as const) {
      const [decision] = decide(two, [explicit, gaveIn], under(verdict));
      expect(decision).toMatchObject({
        action: "open",
        burst: { rules: ["mfa-deny-then-approve"], facts: { severity, denials: 2 } },
      });
      expect(decision?.burst.id).toContain('["mfa-deny-then-approve"');
      expect(decision && notOpenedReason(decision)).toBeNull();
    }
  });

  it("stay in an incident that they opened, though the origin turns out to be usual", () => {
    const before = { rules: ["mfa-deny-then-approve"], facts: { severity: "High" as const } };
    const known = recorded("09:00", "09:05", { ...before, windowMs: gaveIn.windowMs });
    const [decision] = decide(two, [gaveIn], { recorded: [known], ...under("usual") });
    expect(decision?.burst.facts.severity).toBe("High");
    expect(decision?.finding?.rules.map(({ id }) => id)).toEqual(["mfa-deny-then-approve"]);
  });
});

describe("an attack that both rules find", () => {
  it("is one incident, named by the first of them", () => {
    const [decision, ...others] = decide(five, [explicit, gaveIn]);
    expect(others).toEqual([]);
    expect(decision?.burst).toMatchObject({
      rules: ["explicit-mfa-deny", "mfa-deny-then-approve"],
      windowMs: gaveIn.windowMs,
      facts: { severity: "High", denials: 5, triggeredAt: time("09:01") },
    });
    expect(decision?.burst.id).toContain('["explicit-mfa-deny"');
  });

  it("says so where another rule fired and nothing else changed", () => {
    const [first] = decide(five, [rule({ threshold: 2 })]);
    const records = first === undefined ? [] : [first.burst];
    const [decision] = decide(five, [rule({ threshold: 2 }), gaveIn], { recorded: records });
    expect(decision).toMatchObject({ action: "update", reason: "rule-fired" });
  });

  it("goes on under the rule that is left, if the one that recorded it is off", () => {
    const known = recorded("09:00", "09:05", { facts: { denials: 5 } });
    const [decision] = decide(five, [gaveIn], { recorded: [known] });
    expect(decision).toMatchObject({ action: "update", burst: { id: known.id } });
    expect(decision?.burst.rules).toEqual(["explicit-mfa-deny", "mfa-deny-then-approve"]);
  });
});
