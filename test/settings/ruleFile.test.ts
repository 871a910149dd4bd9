import { describe, expect, test } from "vitest";
import { readRuleText } from "../../src/settings/ruleFile.ts";

const read = (text: string) => readRuleText("rules.yaml", text);
const problemsOf = (text: string) => read(text).problems;

describe("a file of rules", () => {
  test("is as small as this", () => {
    const { rules, problems } = read(`- id: vip
  basedOn: explicit-mfa-deny
  threshold: 3
  window: PT10M
  severity: High
  appliesTo:
    users: ["*@emea.contoso.com"]
`);
    expect(problems).toEqual([]);
    expect(rules).toMatchObject([
      {
        id: "vip",
        basedOn: "explicit-mfa-deny",
        family: "vip",
        threshold: 3,
        windowMs: 600_000,
        severity: "High",
        mode: "on",
        techniques: ["T1621", "T1078.004"],
        scope: { appliesTo: { users: ["*@emea.contoso.com"] } },
      },
    ]);
  });

  test("is YAML, or JSON with comments and commas at the end", () => {
    const json = `// Our rules
[
	/* "no" comment */
	{ "id": "explicit-mfa-deny", "threshold": 4, "message": "see https://contoso.com/x # here" },
]
`;
    expect(read(json).rules).toMatchObject([
      { threshold: 4, message: "see https://contoso.com/x # here" },
    ]);
    expect(read(`\uFEFF- id: explicit-mfa-deny # theirs\n`).rules).toHaveLength(1);
  });

  test("has any number of rules on one that ships, and leaves out those that are off", () => {
    const { rules, listed } = read(`
- { id: a, basedOn: explicit-mfa-deny, threshold: 3 }
- { id: b, basedOn: explicit-mfa-deny, threshold: 4, mode: shadow }
- { id: c, basedOn: explicit-mfa-deny, mode: off }
- { id: own, threshold: 2, window: 5m }
`);
    expect(rules.map(({ id, mode }) => `${id} ${mode}`)).toEqual(["a on", "b shadow", "own on"]);
    expect(listed.map(({ rule }) => rule.id)).toEqual(["a", "b", "c", "own"]);
    expect(rules[2]).toMatchObject({ basedOn: null, threshold: 2, windowMs: 300_000, name: "own" });
  });

  test("says where it says what", () => {
    const { listed } = read("- id: a\n  basedOn: explicit-mfa-deny\n\n  threshold: 3\n");
    expect(listed[0]?.saidAt).toEqual({
      id: "rules.yaml:1",
      basedOn: "rules.yaml:2",
      threshold: "rules.yaml:4",
    });
  });

  test("gives names to ranges", () => {
    const { rules, problems } = read(`ranges:
  Head office: [192.0.2.0/24, "2001:db8::/32"]
rules:
  - id: explicit-mfa-deny
    exclude:
      - addresses: [Head office, 198.51.100.7]
        reason: Kiosks
        until: 2026-12-31
`);
    expect(problems).toEqual([]);
    const [exclusion] = rules[0]?.scope.exclude ?? [];
    expect(exclusion?.of.addresses.map(({ text }) => text)).toEqual([
      "192.0.2.0/24",
      "2001:db8::/32",
      "198.51.100.7",
    ]);
    expect(exclusion).toMatchObject({ reason: "Kiosks", owner: null, until: Date.UTC(2027, 0, 1) });
  });

  test("keeps the family of a rule that was renamed", () => {
    const { rules } = read("- { id: new, wasId: [older, old], threshold: 2, window: 5m }");
    expect(rules).toMatchObject([{ id: "new", family: "older", wasId: ["older", "old"] }]);
  });
});

describe("a problem of a file of rules", () => {
  test.each([
    [
      "- id: vip\n  thresold: 3\n  threshold: 3\n  window: 5m\n",
      "2:3 [0].thresold is not known; did you mean threshold?",
    ],
    [
      "- id: explicit-mfa-deny\n  severity: hihg\n",
      "2:3 [0].severity must be one of Informational, Low, Medium, High; did you mean High?",
    ],
    ["- threshold: 3\n", "1:3 [0].id is missing"],
    ["", "1:1 must be a list of rules"],
    ["[]", "1:1 names no rule"],
    ["rules: []\nrange: {}\n", "1:1 rules names no rule"],
    ["- id: a\n  <<: {id: b}\n", "2:3 has a merge key: write the members out"],
    ["%YAML 1.1\n---\n- id: a\n", "1:1 is a YAML directive, which is not accepted"],
    ["[".repeat(40), "1:33 is nested too deeply"],
    [`${"- ".repeat(100)}a`, "1:1 is nested too deeply"],
    ["- id: a\n  id: b\n", "2:3 is not valid YAML or JSON: map keys must be unique"],
    ["- { id: explicit-mfa-deny, exclude: [{ reason: x }] }", "excludes everything"],
    ["- { id: explicit-mfa-deny, appliesTo: {} }", "appliesTo is empty"],
    ["- { id: explicit-mfa-deny, appliesTo: { users: [] } }", "users is empty"],
    ["- { id: explicit-mfa-deny, appliesTo: { users: ['*'] } }", "fits everything"],
    ["- { id: explicit-mfa-deny, appliesTo: { users: ['a*a*a*a*a*a*a*a*a*'] } }", "8 stars"],
    [
      "- { id: explicit-mfa-deny, appliesTo: { users: [{ watchlist: VIP, colum: UPN }] } }",
      "colum is not known; did you mean column?",
    ],
    [
      "- { id: explicit-mfa-deny, exclude: [{ reason: x, users: [a], until: 2026-02-30 }] }",
      "until must be a day",
    ],
    [
      "{ ranges: { Office: [192.0.2.0/24] }, rules: [{ id: explicit-mfa-deny, exclude: [{ reason: x, addresses: [Ofice] }] }] }",
      "one of the named ranges; did you mean Office?",
    ],
    [
      "- { id: explicit-mfa-den }",
      "is none of the rules that ship (explicit-mfa-deny, azure-ad-multiple-denied-mfa, mfa-deny-then-approve), so the rule needs basedOn, or threshold and window; did you mean explicit-mfa-deny?",
    ],
    [
      "- { id: a, basedOn: explicit-mfa-deny, wasId: explicit-mfa-deny }\n- { id: explicit-mfa-deny }",
      "1:40 [0].wasId names what another rule of the file is or was called",
    ],
  ])("%j", (text, problem) => {
    expect(problemsOf(text).join("\n")).toContain(problem);
    expect(problemsOf(text)[0]).toMatch(/^rules\.yaml:\d+:\d+ /);
  });

  test("is told for each anchor, alias and tag, and nothing stands for anything else", () => {
    expect(problemsOf("- &a id\n- *a\n- !!str x\n- !mine {}\n")).toEqual([
      expect.stringMatching(/^rules\.yaml:1:\d+ has an anchor/),
      expect.stringMatching(/^rules\.yaml:2:\d+ has an alias/),
      expect.stringMatching(/^rules\.yaml:3:\d+ has a tag/),
      expect.stringMatching(/^rules\.yaml:4:\d+ has a tag/),
    ]);
  });

  test("comes with all the others, in the order of the file", () => {
    expect(
      problemsOf(`- id: explicit-mfa-deny
  threshold: 0
  windw: 5m
- id: explicit-mfa-deny
  counted: [denid]
`),
    ).toEqual([
      "rules.yaml:2:3 [0].threshold must be 1 or more",
      "rules.yaml:3:3 [0].windw is not known; did you mean window?",
      "rules.yaml:4:3 [1].id names a rule twice",
      expect.stringMatching(
        /^rules\.yaml:5:13 \[1\]\.counted\[0\] must be one of .*; did you mean denied\?$/,
      ),
    ]);
  });

  test("is one where there is too much text", () => {
    expect(problemsOf(" ".repeat(1_000_001))).toEqual([
      "rules.yaml:1:1 has more than 1000000 characters",
    ]);
  });
});
