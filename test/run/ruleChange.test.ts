import { describe, expect, it } from "vitest";
import type { Rule } from "../../src/detection/rules/rule.ts";
import { readRuleText } from "../../src/settings/ruleFile.ts";
import { isPending } from "../../src/run/sendBudget.ts";
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
    ["its family", "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, family: attacks }"],
    [
      "its family, to one with other rules",
      "- { id: explicit-mfa-deny }\n- { id: vip, basedOn: explicit-mfa-deny, threshold: 4, family: explicit-mfa-deny }",
    ],
    [
      "its family and its name",
      "- { id: admins, basedOn: explicit-mfa-deny, threshold: 4, family: attacks, wasId: vip }",
    ],
  ])("%s", async (_, text) => {
    const bench = new Bench("09:20", publish(refusals("09:00", 5)));
    await bench.run("09:20", { rules: before });
    const [opened, ...others] = bench.records();
    expect([opened?.mergedInto, others]).toEqual([null, []]);
    bench.log.add(publish(refusals("09:10", 3), "09:21"));
    await bench.run("09:40", { rules: rulesOf(text) });
    await bench.run("09:45", { rules: rulesOf(text) });
    expect(bench.records().map(({ id }) => id)).toEqual([opened?.id]);
  });

  it("its family, to and fro, with what waits to be sent", async () => {
    const bench = new Bench("09:20", publish(refusals("09:00", 5)));
    const away = { ...bench.serviceSink(), deliver: () => Promise.reject(new Error("away")) };
    await bench.run("09:20", { rules: before, sinks: [away] });
    const [opened] = bench.records();
    const sinks = [bench.serviceSink()];
    bench.log.add(publish(refusals("09:10", 1), "09:21"));
    const attacks = rulesOf("- { id: vip, basedOn: explicit-mfa-deny, family: attacks }");
    await bench.run("09:40", { rules: attacks, sinks });
    expect([...bench.service.incidents.keys()]).toEqual([opened?.id]);
    expect(bench.store.snapshot().heads.map(({ subject }) => subject.rule)).toEqual(["attacks"]);
    bench.log.add(publish(refusals("09:20", 1), "09:41"));
    const back = rulesOf("- { id: vip, basedOn: explicit-mfa-deny, wasFamily: [attacks, other] }");
    await bench.run("09:45", { rules: back, sinks });
    await bench.run("10:45", { rules: back, sinks });
    expect([...bench.service.incidents.keys()]).toEqual([opened?.id]);
    expect(bench.service.held(opened?.id).properties.description).toContain(
      "refused **7 MFA prompts**",
    );
    expect(bench.due().filter(isPending)).toEqual([]);
    expect(bench.store.snapshot().heads.map(({ subject }) => subject.rule)).toEqual(["vip"]);
  });

  it("its family, which other rules stay in: what they found stays there, and the incident is the same", async () => {
    const two = "- { id: vip, basedOn: explicit-mfa-deny, threshold: 4 }\n";
    const other = "- { id: other, family: vip, threshold: 9, window: PT5M }\n";
    const bench = new Bench("09:20", publish(refusals("09:00", 5)));
    await bench.run("09:20", { rules: rulesOf(two + other) });
    const [opened] = bench.records();
    bench.log.add(publish(refusals("09:10", 1), "09:21"));
    const moved = two.replace(" }", ", family: attacks }");
    await bench.run("09:40", { rules: rulesOf(moved + other) });
    const families = bench.store
      .snapshot()
      .heads.map(({ subject, bursts }) => [
        subject.rule,
        bursts.map(({ id }) => id === opened?.id),
      ]);
    expect(new Map(families as [string, boolean[]][])).toEqual(
      new Map([
        ["vip", [true]],
        ["attacks", [true]],
      ]),
    );
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
