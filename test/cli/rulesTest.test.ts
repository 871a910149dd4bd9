import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { toDiagnosticRecord, toGraphPage, toQueryAnswer } from "../../src/tenant/dialects.ts";
import { denials as denialRows, cli, temporaryFolder } from "./terminal.ts";

const user = "alice@contoso.com";
const five = ["09:00", "09:02", "09:04", "09:06", "09:08"];
const least = { name: "a burst", rule: "explicit-mfa-deny" } as const;
const burst = { ...least, denials: { user, at: five } } as const;

/** The path of a file of scenarios, and what the command says of it. */
async function run(content: unknown) {
  const path = join(temporaryFolder(), "scenarios.json");
  writeFileSync(path, JSON.stringify(content));
  const ended = await cli(["rules", "--test", path]);
  return { path, ...ended };
}

/** The lines below the first scenario's, of one that fails. */
async function differences(scenario: object): Promise<readonly string[]> {
  const { path, code, out } = await run(scenario);
  const [head, ...lines] = out.split("\n");
  expect([code, head]).toEqual([1, `FAILED  a burst (${path})`]);
  return lines.slice(0, lines.indexOf("")).map((line) => line.trim());
}

describe("a scenario that passes", () => {
  test("is ok, and only the members that are given are compared", async () => {
    const { code, out, err } = await run([
      { ...burst, expect: [{ user: user.toUpperCase() }] },
      {
        ...burst,
        name: "every member",
        day: "2026-05-01",
        denials: { user, at: five, address: "192.0.2.1", request: "r" },
        approvals: [{ user, at: ["09:09"], request: "r" }],
        expect: [
          {
            user,
            tenantId: null,
            userId: null,
            denials: 5,
            fraudReports: 0,
            firstDenialAt: "09:00",
            triggeredAt: "2026-05-01T10:08:00+01:00",
            lastDenialAt: "09:08:00.000",
            severity: "High",
            approval: { at: "09:09", match: "same-request" },
            ipAddresses: ["192.0.2.1"],
            applications: [],
            guest: false,
          },
        ],
      },
    ]);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "ok      a burst\nok      every member\n\n2 ok, 0 failed\n",
      err: "",
    });
  });

  test("may be alone in its file, and several files count together", async () => {
    const folder = temporaryFolder();
    const paths = ["a.json", "b.json"].map((name) => join(folder, name));
    for (const path of paths) {
      writeFileSync(path, JSON.stringify({ ...burst, expect: [{ user }] }));
    }
    expect((await cli(["rules", "--test", ...paths])).out).toContain("\n2 ok, 0 failed\n");
  });

  test("accepts prompts shown only by the Status, and those with other outcomes", async () => {
    const { code } = await run([
      { ...burst, denials: { user, at: five, in: "status" }, expect: [{ user, denials: 5 }] },
      { ...burst, denials: { user, at: five, outcome: "blocked" }, expect: [] },
      {
        ...burst,
        rule: { id: "explicit-mfa-deny", counted: ["noResponse"] },
        denials: { user, at: five, outcome: "noResponse" },
        expect: [{ user }],
      },
    ]);
    expect(code).toBe(0);
  });

  test("takes two bursts of a user in either order", async () => {
    const later = five.map((at) => at.replace("09", "12"));
    const both = { ...burst, denials: { user, at: [...five, ...later] } };
    const [first, second] = [
      { user, firstDenialAt: "09:00" },
      { user, firstDenialAt: "12:00" },
    ];
    expect((await run([{ ...both, expect: [first, second] }])).code).toBe(0);
    expect((await run([{ ...both, expect: [second, first] }])).code).toBe(0);
    expect((await run([{ ...both, expect: [{ user }, first] }])).code).toBe(1);
  });
});

describe("rows of a scenario may be of any JSON dialect", () => {
  const rows = denialRows("09:00", 5);

  test.each([
    ["a list of rows", rows],
    ["a query answer", toQueryAnswer(rows)],
    ["diagnostic records", rows.map(toDiagnosticRecord)],
    ["a records envelope", { records: rows.map(toDiagnosticRecord) }],
    ["a page of Microsoft Graph", toGraphPage(rows)],
  ])("%s", async (_, content) => {
    const { code, out } = await run({ ...least, rows: content, expect: [{ user, denials: 5 }] });
    expect({ code, out }).toMatchObject({ code: 0 });
  });

  test("together with the short notation", async () => {
    const { code } = await run({
      ...least,
      rows: rows.slice(0, 1),
      denials: { user, at: five.slice(1) },
      expect: [{ user, denials: 5 }],
    });
    // Only the row names a tenant, so that is the tenant of all.
    expect(code).toBe(0);
  });

  test("and one that cannot be used is reported", async () => {
    expect(await differences({ ...least, rows: [rows[0], 7], expect: [] })).toEqual([
      "rows[1]: not an object",
    ]);
  });

  test("and input that is not a log is a malformed scenario", async () => {
    const { path, code, out, err } = await run([{ ...least, rows: [{ a: 1 }], expect: [] }]);
    expect({ code, out, err }).toEqual({
      code: 2,
      out: "",
      err: `mfa-deny: ${path}[0]: rows are not a sign-in log of a known shape\n`,
    });
  });
});

describe("a scenario that fails says", () => {
  test("which members differ", async () => {
    const expected = { user, denials: 6, severity: "High", lastDenialAt: "09:10", approval: {} };
    expect(await differences({ ...burst, expect: [expected] })).toEqual([
      `${user}: denials expected 6, found 5`,
      `${user}: lastDenialAt expected "2026-03-10T09:10:00.000Z", found "2026-03-10T09:08:00.000Z"`,
      `${user}: severity expected "High", found "Medium"`,
      `${user}: approval expected {}, found null`,
    ]);
  });

  test("how an approval differs", async () => {
    const approvals = { user, at: ["09:20"], address: "192.0.2.1" };
    const wanted = (approval: unknown) =>
      differences({ ...burst, approvals, expect: [{ user, approval }] });
    expect(await wanted(null)).toEqual([
      `${user}: approval expected null, found {"at":"2026-03-10T09:20:00.000Z","match":"other"}`,
    ]);
    expect(await wanted({ at: "09:21", match: "same-address" })).toEqual([
      `${user}: approval.at expected "2026-03-10T09:21:00.000Z", found "2026-03-10T09:20:00.000Z"`,
      `${user}: approval.match expected "same-address", found "other"`,
    ]);
  });

  test("what a missing finding lacks", async () => {
    const denials = { user, at: five.slice(1) };
    const bob = "bob@contoso.com";
    expect(await differences({ ...least, denials, expect: [{ user }, { user: bob }] })).toEqual([
      `missing: a finding of ${user}`,
      `missing: a finding of ${bob}`,
      `${user} lacks 1 denial more within 15 minutes`,
      `${bob} is in no row`,
    ]);
  });

  test("what nobody expected", async () => {
    expect(await differences({ ...burst, expect: [] })).toEqual([
      `unexpected: a finding of ${user}, 5 denials from 2026-03-10T09:00:00.000Z, triggered at 2026-03-10T09:08:00.000Z`,
    ]);
  });

  test("nothing that plays with the terminal", async () => {
    const { out } = await run({ ...burst, name: "a\u001b[2Jb", expect: [] });
    expect(out).toContain("FAILED  a[U+001B][2Jb (");
  });
});

describe("a malformed scenario", () => {
  test("ends with exit code 2 and every problem with its place, and nothing is run", async () => {
    const { path, code, out, err } = await run([
      { ...burst, expect: [{ user }] },
      { rule: "no-such", denials: { user: " ", at: ["9"] }, expect: [{ usr: user }] },
      {
        ...least,
        rule: { id: "explicit-mfa-deny", threshold: "5" },
        rows: 1,
        asOf: "now",
        expect: {},
      },
    ]);
    const time = "must be a time such as 09:00:13 or 2026-03-10T09:00:13Z";
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.replaceAll(`mfa-deny: ${path}: `, "").split("\n")).toEqual([
      "[1].name is missing",
      "[1].denials.user is blank",
      `[1].denials.at[0] ${time}`,
      "[1].expect[0].user is missing",
      "[1].expect[0].usr is not known",
      "[2].rule.threshold must be a number",
      "[2].rows must be a list of rows, or an object such as a query answer",
      `[2].asOf ${time}`,
      "[2].expect must be a list of findings, empty for none",
      expect.stringMatching(/^\[1\]\.rule must be one of explicit-mfa-deny, /),
      "",
    ]);
  });

  test.each([
    ["text", "scenario", "must be an object with name, rule and expect"],
    ["an empty list", [], "contains no scenario"],
    ["a list of text", ["scenario"], "[0] must be an object with name, rule and expect"],
  ])("that is %s is named", async (_, content, problem) => {
    const { path, code, err } = await run(content);
    expect({ code, err }).toEqual({ code: 2, err: `mfa-deny: ${path}: ${problem}\n` });
  });
});
