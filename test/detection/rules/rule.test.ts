import { describe, expect, it, test } from "vitest";

import { presetNamed, presets } from "../../../src/detection/rules/presets.ts";
import { isWindowKind } from "../../../src/detection/rules/rule.ts";
import { everything } from "../../../src/detection/signin/scope.ts";
import { minute } from "../builders.ts";

test.each([
  ["sliding", true],
  ["tumbling", true],
  ["toString", false],
  [7, false],
])("whether %j is a kind of window: %j", (name, expected) => {
  expect(isWindowKind(name)).toBe(expected);
});

describe("the rules that ship", () => {
  it("are these, with these numbers", () => {
    const table = presets.map((rule) => [
      rule.id,
      rule.mode === "on",
      rule.kind,
      rule.windowMs / minute,
      rule.threshold,
      rule.severity,
      rule.riskScore,
      rule.approvalRequired,
      rule.approvalWatchMs / minute,
      rule.counted.join(" "),
      rule.techniques.join(" "),
    ]);
    expect(table).toEqual([
      [
        "explicit-mfa-deny",
        true,
        "sliding",
        15,
        5,
        "Medium",
        null,
        false,
        60,
        "denied fraudReported",
        "T1621 T1078.004",
      ],
      [
        "azure-ad-multiple-denied-mfa",
        false,
        "tumbling",
        10,
        10,
        "Medium",
        50,
        false,
        60,
        "denied",
        "T1621",
      ],
      [
        "mfa-deny-then-approve",
        true,
        "sliding",
        60,
        2,
        "High",
        null,
        true,
        60,
        "denied fraudReported",
        "T1621 T1078.004",
      ],
    ]);
  });

  it("are found by their ids", () => {
    expect(presetNamed("explicit-mfa-deny")).toBe(presets[0]);
    expect([presetNamed("no-such"), presetNamed(undefined)]).toEqual([null, null]);
  });

  it("name where they come from", () => {
    expect(presets.map(({ source }) => source)).toEqual([
      "Explicit MFA Deny Detection",
      "Splunk ESCU, Azure AD Multiple Denied MFA Requests For User, id d0895c20-de71-4fd2-b56c-3fcdb888eba1, version 11",
      "mfa-deny-detector",
    ]);
  });

  it("have names and known false positives that can be shown", () => {
    expect(presets.map(({ name }) => name)).toEqual([
      "Explicit MFA Deny Detection",
      "Azure AD Multiple Denied MFA Requests For User",
      "MFA Denials Followed By An Approval",
    ]);
    for (const { knownFalsePositives } of presets) {
      expect(knownFalsePositives).toMatch(/^\S.{40,}\.$/);
    }
  });

  it("raise on any approval, and exclude nobody", () => {
    for (const { approvalRaises, scope } of presets) {
      expect(approvalRaises).toBe("any");
      expect(scope).toBe(everything);
    }
  });
});
