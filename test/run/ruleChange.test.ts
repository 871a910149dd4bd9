import { describe, expect, it } from "vitest";
import type { Rule } from "../../src/detection/rules/rule.ts";
import { readRuleText } from "../../src/settings/ruleFile.ts";
import { Bench, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

function rulesOf(text: string): readonly Rule[] {
  const { rules, problems } = readRuleText("rules.yaml", text);
  expect(problems).toEqual([]);
  return rules;
}

const before = rulesOf("- { id: vip, basedOn: explicit-mfa-deny, threshold: 4 }");

describe("a burst keeps its incident after an edit of the file of rules:", () => {
  it.each([
    ["a lower threshold", "- { id: vip, basedOn: explicit-mfa-deny, threshold: 2 }"],
    ["a higher threshold", "- { id: vip, basedOn: explicit-mfa-deny, threshold: 50 }"],
    ["a shorter window", "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, window: PT2M }"],
    ["a longer window", "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, window: PT2H }"],
    ["another kind", "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, kind: tumbling }"],
    [
      "other outcomes",
      "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, counted: [denied, noResponse] }",
    ],
    ["shadow mode", "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, mode: shadow }"],
    [
      "another base",
      "- { id: vip, basedOn: azure-ad-multiple-denied-mfa, threshold: 4, kind: sliding }",
    ],
    [
      "an exclusion of others",
      "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, exclude: [{ users: ['x@*'], reason: r }] }",
    ],
    [
      "whom it is for",
      "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, appliesTo: { domains: [contoso.com] } }",
    ],
    ["its name", "- { id: admins, basedOn: explicit-mfa-deny, threshold: 4, wasId: vip }"],
    [
      "its name and numbers",
      "- { id: admins, basedOn: explicit-mfa-deny, threshold: 3, window: PT1H, wasId: vip }",
    ],
    [
      "its name, twice",
      "- { id: third, basedOn: explicit-mfa-deny, threshold: 4, wasId: [vip, admins] }",
    ],
  ])("%s", async (_, text) => {
    const bench = new Bench("09:20", publish(refusals("09:00", 5)));
    await bench.run("09:20", { rules: before });
    const [opened, ...others] = bench.records();
    expect([opened?.mergedInto, others]).toEqual([null, []]);
    bench.log.add(publish(refusals("09:10", 3)));
    await bench.run("09:40", { rules: rulesOf(text) });
    await bench.run("09:45", { rules: rulesOf(text) });
    expect(bench.records().map(({ id }) => id)).toEqual([opened?.id]);
  });

  it("the name of a rule that ships, whose family is another's", async () => {
    const [own] = rulesOf(
      "- { id: gave-in, basedOn: mfa-deny-then-approve, wasId: mfa-deny-then-approve }",
    );
    expect(own?.family).toBe("explicit-mfa-deny");
    const [renamed] = rulesOf(
      "- { id: ours, basedOn: explicit-mfa-deny, wasId: explicit-mfa-deny }",
    );
    expect(renamed?.family).toBe("explicit-mfa-deny");
  });
});
