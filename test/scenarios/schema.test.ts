import { readdirSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { outcomeTexts } from "../../src/cli/rules/scenarios/scenarioRows.ts";
import { scenarioFile, scenarioParts } from "../../src/cli/rules/scenarios/scenario.ts";
import { promptOutcomes } from "../../src/detection/signin/outcome.ts";
import { classifyText } from "../../src/detection/signin/outcomeText.ts";
import { accepts, partsOf, readJson, root, type Schema } from "../jsonSchema.ts";
import { presets } from "../../src/detection/rules/presets.ts";

const file = "scenario.schema.json";

const usable = (value: unknown) => v.safeParse(scenarioFile, value).success;
const least = { name: "n", rule: "explicit-mfa-deny", expect: [] };

describe("the JSON schema of scenarios", () => {
  const files = readdirSync(`${root}test/scenarios`)
    .filter((name) => name.endsWith(".json"))
    .map((name) => `test/scenarios/${name}`);

  test.each([...files, "examples/scenarios.json"])("accepts %s", (path) => {
    expect([accepts(file, readJson(path)), usable(readJson(path))]).toEqual([true, true]);
  });

  test.each(["scenario", "denials", "approvals", "expected"] as const)(
    "has the members of a %s that the command knows",
    (part) => {
      const { entries } = scenarioParts[part];
      expect(Object.keys(partsOf(file)[part]?.["properties"] as Schema).toSorted()).toEqual(
        Object.keys(entries).toSorted(),
      );
    },
  );

  test.each([
    ["the least", least, true],
    ["a list", [least, least], true],
    ["an empty list", [], false],
    ["text", "scenario", false],
    ["one without a name", { rule: "explicit-mfa-deny", expect: [] }, false],
    ["an empty name", { ...least, name: "" }, false],
    ["a rule that is in a file of rules", { ...least, rule: "vip" }, true],
    ["a rule whose name is none", { ...least, rule: "no such" }, false],
    ["a rule with numbers", { ...least, rule: { id: presets[1]?.id, threshold: 3 } }, true],
    [
      "a rule with a threshold of none",
      { ...least, rule: { id: presets[1]?.id, threshold: 0 } },
      false,
    ],
    ["a rule without an id", { ...least, rule: { threshold: 3 } }, false],
    ["an unknown member", { ...least, rulez: 1 }, false],
    ["rows that are a number", { ...least, rows: 1 }, false],
    ["rows that are an envelope", { ...least, rows: { records: [] } }, true],
    ["denials alone", { ...least, denials: { user: "a", at: ["09:00"] } }, true],
    ["denials in a list", { ...least, denials: [{ user: "a", at: ["09:00:01.25"] }] }, true],
    ["denials without times", { ...least, denials: { user: "a", at: [] } }, false],
    ["denials at no time", { ...least, denials: { user: "a", at: ["nine"] } }, false],
    [
      "approvals that have an outcome",
      { ...least, approvals: { user: "a", at: ["09:00"], outcome: "denied" } },
      false,
    ],
    [
      "an outcome that is none of a prompt",
      { ...least, denials: { user: "a", at: ["09:00"], outcome: "approved" } },
      false,
    ],
    ["a finding without approval", { ...least, expect: [{ user: "a", approval: null }] }, true],
    ["a finding of nobody", { ...least, expect: [{ denials: 5 }] }, false],
    ["half a denial", { ...least, expect: [{ user: "a", denials: 0.5 }] }, false],
    ["a whole time", { ...least, asOf: "2026-03-10T09:00:00+01:00" }, true],
    ["a day", { ...least, day: "2026-03-10" }, true],
    ["a day that is none", { ...least, day: "today" }, false],
  ])("and the command agree on %s", (_, value, good) => {
    expect([accepts(file, value), usable(value)]).toEqual([good, good]);
  });
});

describe("the short notation", () => {
  test.each(promptOutcomes)("writes the outcome %s so that it is read as such", (outcome) => {
    expect(classifyText(outcomeTexts[outcome])).toBe(outcome);
  });
});
