import { describe, expect, test } from "vitest";
import { parseCidr } from "../../src/detection/signin/cidr.ts";
import { presets } from "../../src/detection/rules/presets.ts";
import { readRules } from "../../src/settings/rules.ts";
import { ruleLimits } from "../../src/settings/ruleLimits.ts";
import { anything } from "../../src/detection/signin/selector.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";

const [explicit, splunk, approve] = presets as [
  (typeof presets)[number],
  (typeof presets)[number],
  (typeof presets)[number],
];

function problemsOf(value: unknown): readonly string[] {
  const { rules, problems } = readRules(typeof value === "string" ? value : JSON.stringify(value));
  expect(problems.length === 0 || rules.length === 0).toBe(true);
  return problems;
}

describe("rules by id", () => {
  test("are those that are on by default where none is named", () => {
    const usual = { rules: presets.filter(({ mode }) => mode === "on"), problems: [] };
    expect(usual.rules.map(({ id }) => id)).toEqual(["explicit-mfa-deny", "mfa-deny-then-approve"]);
    expect(readRules("")).toMatchObject(usual);
    expect(readRules("  \n")).toMatchObject(usual);
  });

  test("are as they ship, in the order in which they are named", () => {
    expect(readRules(` ${approve.id} ,${explicit.id}`)).toMatchObject({
      rules: [approve, explicit],
      problems: [],
    });
  });

  test("must be known, each, and be named once", () => {
    const known = `must be one of ${presets.map(({ id }) => id).join(", ")}`;
    expect(problemsOf("nope")).toEqual([`[0].id ${known}`]);
    expect(problemsOf(`${explicit.id}, ,constructor`)).toEqual([
      `[1].id ${known}`,
      `[2].id ${known}`,
    ]);
    expect(problemsOf(`${explicit.id},${explicit.id}`)).toEqual(["[1].id names a rule twice"]);
  });
});

describe("rules as JSON", () => {
  test("change what they name, and nothing else", () => {
    const { rules, problems } = readRules(
      JSON.stringify([
        {
          id: splunk.id,
          threshold: 3,
          window: "PT20M",
          kind: "sliding",
          severity: "High",
          counted: ["denied", "wrongNumber"],
          exclusions: {
            users: [" Svc@Contoso.com "],
            addresses: ["203.0.113.0/24", "2001:db8::1"],
            applications: ["APP-1"],
          },
        },
        { id: explicit.id },
      ]),
    );
    expect(problems).toEqual([]);
    const of = (selector: object) => ({
      of: { ...anything, ...selector },
      reason: null,
      owner: null,
      until: null,
    });
    expect(rules).toEqual([
      {
        ...splunk,
        mode: "on",
        threshold: 3,
        windowMs: 1_200_000,
        kind: "sliding",
        severity: "High",
        counted: ["denied", "wrongNumber"],
        scope: {
          appliesTo: anything,
          exclude: [
            of({ users: ["svc@contoso.com"] }),
            of({ addresses: [parseCidr("203.0.113.0/24"), parseCidr("2001:db8::1")] }),
            of({ applications: ["app-1"] }),
          ],
        },
      } satisfies Rule,
      explicit,
    ]);
  });

  test("may leave out kinds of exclusions", () => {
    const { rules } = readRules(
      JSON.stringify([{ id: explicit.id, exclusions: { users: ["a"], addresses: [] } }]),
    );
    expect(rules[0]?.scope.exclude).toHaveLength(1);
  });

  test("take numbers up to their limits", () => {
    const { shortestWindowMs, longestWindowMs, largestThreshold } = ruleLimits;
    expect([shortestWindowMs, longestWindowMs]).toEqual([1_000, 86_400_000]);
    for (const window of ["PT1S", "PT24H", "P1D", "24h"]) {
      expect(problemsOf([{ id: explicit.id, window, threshold: largestThreshold }])).toEqual([]);
    }
    for (const window of ["PT0S", "PT0.999S", "PT24H1S", ""]) {
      expect(problemsOf([{ id: explicit.id, window }])).toEqual([
        "[0].window must be a duration from PT1S to PT24H",
      ]);
    }
  });

  test.each<[unknown, readonly string[]]>([
    ["[", ["DETECTION_RULES:1:2 is not valid YAML or JSON: flow sequence must end with a ]"]],
    [[], ["names no rule"]],
    [[null], ["[0] must be an object with the id of a rule"]],
    [[{}], ["[0].id is missing"]],
    [[{ id: explicit.id, thresold: 3 }], ["[0].thresold is not known; did you mean threshold?"]],
    [[{ id: explicit.id, threshold: 0 }], ["[0].threshold must be 1 or more"]],
    [[{ id: explicit.id, threshold: 10_001 }], ["[0].threshold must be 10000 or less"]],
    [[{ id: explicit.id, threshold: 1.5 }], ["[0].threshold must be a whole number"]],
    [[{ id: explicit.id, threshold: "5" }], ["[0].threshold must be a number"]],
    [[{ id: explicit.id, window: 900 }], ["[0].window must be a duration such as PT15M"]],
    [[{ id: explicit.id, kind: "rolling" }], ["[0].kind must be sliding or tumbling"]],
    [
      [{ id: explicit.id, severity: "Critical" }],
      ["[0].severity must be one of Informational, Low, Medium, High"],
    ],
    [[{ id: explicit.id, counted: [] }], ["[0].counted is empty"]],
    [[{ id: explicit.id, counted: "denied" }], ["[0].counted must be a list"]],
    [
      [{ id: explicit.id, counted: ["denied", "approved"] }],
      [expect.stringMatching(/^\[0\]\.counted\[1\] must be one of denied, /)],
    ],
    [
      [{ id: explicit.id, exclusions: ["a"] }],
      ["[0].exclusions must be an object with users, addresses or applications"],
    ],
    [
      [{ id: explicit.id, exclusions: "x" }],
      ["[0].exclusions must be an object with users, addresses or applications"],
    ],
    [[{ id: explicit.id, exclusions: { groups: [] } }], ["[0].exclusions.groups is not known"]],
    [[{ id: explicit.id, exclusions: { users: "a" } }], ["[0].exclusions.users must be a list"]],
    [
      [{ id: explicit.id, exclusions: { users: ["a", " "] } }],
      ["[0].exclusions.users[1] is empty"],
    ],
    [
      [{ id: explicit.id, exclusions: { addresses: ["203.0.113.0/33"] } }],
      ["[0].exclusions.addresses[0] must be an address or a CIDR range"],
    ],
    [
      [{ id: explicit.id, exclusions: { applications: [7] } }],
      ["[0].exclusions.applications[0] must be text"],
    ],
    [[{ id: explicit.id }, { id: splunk.id }, { id: explicit.id }], ["[2].id names a rule twice"]],
  ])("%j has its problem and its place", (value, expected) => {
    expect(problemsOf(value)).toEqual(expected);
  });

  test("report every problem at once", () => {
    const wrong = [
      { id: "x", threshold: -1 },
      { id: explicit.id, window: "long", exclusions: { addresses: ["a", "b"] }, extra: 1 },
    ];
    const places = problemsOf(wrong).map((problem) => problem.replace(/ .*/s, ""));
    expect(places.toSorted((a, b) => a.localeCompare(b))).toEqual([
      "[0].id",
      "[0].threshold",
      "[1].exclusions.addresses[0]",
      "[1].exclusions.addresses[1]",
      "[1].extra",
      "[1].window",
    ]);
  });
});
