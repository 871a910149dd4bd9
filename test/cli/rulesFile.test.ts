import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alice } from "../builders.ts";
import { cli, denials, detect, inShort, ndjson, temporaryFolder } from "./terminal.ts";

function file(content: unknown, name = "rules.json"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const four = [{ id: "explicit-mfa-deny", threshold: 4, window: "PT10M", severity: "Low" }];

describe("detect and explain --rules FILE", () => {
  test("use the rules of the file, with its numbers", async () => {
    const stdin = ndjson(denials("09:00", 4));
    expect(inShort(await detect(["-"], { stdin }))).toEqual([]);
    const { findings } = await detect(["-", "--rules", file(four)], { stdin });
    expect(findings).toMatchObject([{ denials: 4, severity: "Low" }]);
    const { out } = await cli(["explain", "-", "--rules", file(four)], { stdin });
    expect(out).toContain("explicit-mfa-deny: 4 or more denials within 10 minutes\n    FIRED");
  });

  test("use none but those of the file, also rules that are off", async () => {
    const stdin = ndjson(denials("09:00", 6));
    const rules = file([{ id: "azure-ad-multiple-denied-mfa", threshold: 5 }]);
    const { findings } = await detect(["-", "--rules", rules], { stdin });
    expect(findings.map(({ rule, denials: count }) => [rule, count])).toEqual([
      ["azure-ad-multiple-denied-mfa", 5],
    ]);
  });

  test("leave out what a rule of the file excludes", async () => {
    const stdin = ndjson(denials("09:00", 5));
    const rules = file([
      { id: "explicit-mfa-deny", exclusions: { addresses: ["203.0.113.0/24"] } },
    ]);
    const { run, findings } = await detect(["-", "--rules", rules], { stdin });
    expect([run.setAside["excluded"], findings.length]).toEqual([5, 0]);
  });

  test.each([
    ["--rule", "explicit-mfa-deny"],
    ["--threshold", "5"],
    ["--window", "5m"],
  ])("exclude %s", async (option, value) => {
    const rules = file(four);
    for (const command of ["detect", "explain"]) {
      expect(await cli([command, "-", "--rules", rules, option, value])).toEqual({
        code: 2,
        out: "",
        err: `mfa-deny: --rules ${rules} already has the rules and their numbers; leave out ${option}\n`,
      });
    }
  });

  test("end with exit code 2 and every problem, before any log is read", async () => {
    const rules = file([{ id: "explicit-mfa-deny", threshold: 0, windw: "1m" }]);
    expect(await cli(["detect", "no-such-file", "--rules", rules])).toEqual({
      code: 2,
      out: "",
      err: [
        `mfa-deny: ${rules}:1:28 [0].threshold must be 1 or more`,
        `mfa-deny: ${rules}:1:42 [0].windw is not known; did you mean window?`,
        "",
      ].join("\n"),
    });
  });
});

describe("rules FILE", () => {
  test("shows the rules of the file", async () => {
    const { code, out } = await cli(["rules", file(four)]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^explicit-mfa-deny +on +4 or more denials within 10 minutes +sliding +Low/m,
    );
    const json = await cli(["rules", file(four), "--format", "json"]);
    expect(JSON.parse(json.out)).toMatchObject([{ threshold: 4, windowMs: 600_000 }]);
  });

  test("shows one file at a time", async () => {
    const { code, err } = await cli(["rules", file(four), "b.json"]);
    expect({ code, err }).toEqual({
      code: 2,
      err: "mfa-deny: rules shows one file at a time, but 'b.json' is given as well\n",
    });
  });
});

describe("rules --check", () => {
  test("says of each good file which rules it has", async () => {
    const [first, second] = [
      file(four),
      file(`\uFEFF[{"id": "mfa-deny-then-approve"}, {"id": "explicit-mfa-deny"}]\n`),
    ];
    expect(await cli(["rules", "--check", first, second])).toEqual({
      code: 0,
      out: `${first}: ok, explicit-mfa-deny\n${second}: ok, mfa-deny-then-approve, explicit-mfa-deny\n`,
      err: "",
    });
  });

  test("names every problem of every file with its place, and exits with 2", async () => {
    const bad = file([
      { id: "no-such", threshold: 2.5, counted: ["denid"] },
      { id: "explicit-mfa-deny", window: "2d", exclusions: { addresses: ["300.1.1.1"] } },
    ]);
    const broken = file('[{"id": "explicit-mfa-deny",\n  "threshold": 4]\n');
    const { code, out, err } = await cli([
      "rules",
      "--check",
      bad,
      file(four),
      broken,
      "gone.json",
    ]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.split("\n")).toEqual([
      expect.stringMatching(/:1:3 \[0\]\.id is none of the rules that ship \(explicit-mfa-deny, /),
      `mfa-deny: ${bad}:1:18 [0].threshold must be a whole number`,
      expect.stringMatching(
        /:1:\d+ \[0\]\.counted\[0\] must be one of denied, .*; did you mean denied\?$/,
      ),
      expect.stringMatching(/:1:\d+ \[1\]\.window must be a duration from PT1S to PT24H$/),
      expect.stringMatching(
        /:1:\d+ \[1\]\.exclusions\.addresses\[0\] must be an address or a CIDR range$/,
      ),
      expect.stringMatching(/:2:\d+ is not valid YAML or JSON: flow map must end with a \}$/),
      expect.stringMatching(/:2:\d+ is not valid YAML or JSON: /),
      "mfa-deny: gone.json: no such file or folder",
      "",
    ]);
  });

  test.each([
    ["an object without rules", { ranges: {} }, "1:1 rules is missing"],
    ["an empty list", [], "1:1 names no rule"],
    ["a rule twice", [...four, ...four], "1:78 [1].id names a rule twice"],
    ["ids by comma", '"explicit-mfa-deny"', "1:1 must be a list of rules"],
  ])("refuses %s", async (_, content, problem) => {
    const path = file(content);
    const { code, err } = await cli(["rules", "--check", path]);
    expect({ code, err }).toEqual({ code: 2, err: `mfa-deny: ${path}:${problem}\n` });
  });

  test("reports a rule named twice along with everything else", async () => {
    const path = file([...four, { ...four[0], threshold: 0 }]);
    const { err } = await cli(["rules", "--check", path]);
    expect(err.split("\n").map((line) => line.replace(/^.*:1:\d+ /, ""))).toEqual([
      "[1].id names a rule twice",
      "[1].threshold must be 1 or more",
      "",
    ]);
  });

  test("reports where truncated JSON ends", async () => {
    const path = file('[\n  {"id":');
    expect((await cli(["rules", "--check", path])).err).toBe(
      [
        `mfa-deny: ${path}:2:9 is not valid YAML or JSON: flow map must end with a }`,
        `mfa-deny: ${path}:2:9 is not valid YAML or JSON: flow sequence must end with a ]`,
        "",
      ].join("\n"),
    );
    const folder = temporaryFolder();
    mkdirSync(join(folder, "rules.json"));
    expect((await cli(["rules", "--check", join(folder, "rules.json")])).err).toContain(
      "is a folder, not a file",
    );
  });

  test.each([
    [["--check"], "rules --check needs a FILE"],
    [["--test"], "rules --test needs a FILE"],
    [["--check", "--test", "a.json"], "--check and --test cannot be combined"],
    [["--check", "--format", "json", "a.json"], "--check and --format cannot be combined"],
    [["--test", "--format", "json", "a.json"], "--test and --format cannot be combined"],
  ])("%j is refused in one sentence", async (args, sentence) => {
    expect(await cli(["rules", ...args])).toEqual({
      code: 2,
      out: "",
      err: `mfa-deny: ${sentence}\n`,
    });
  });
});

describe("rules FILE", () => {
  test("says what is in effect, and where each part of it comes from", async () => {
    const path = file("- id: vip\n  basedOn: explicit-mfa-deny\n  threshold: 3\n", "rules.yaml");
    const { out } = await cli(["rules", path]);
    expect(out).toMatch(/^threshold +3 +.*rules\.yaml:3$/m);
    expect(out).toMatch(/^window +15 minutes +explicit-mfa-deny$/m);
    expect(out).toMatch(/^mode +on +default$/m);
    expect(out).toMatch(/^appliesTo +everybody +default$/m);
  });

  test("says whom it is for and what it leaves out, until when and why", async () => {
    const path = file(
      `- id: vip
  basedOn: explicit-mfa-deny
  appliesTo: { users: ["*@emea.contoso.com"], userType: member, countries: [DE] }
  exclude:
    - addresses: [192.0.2.0/24]
      users: [{ watchlist: Kiosks, column: UPN }]
      reason: Kiosks
      owner: helpdesk@contoso.com
      until: 2026-12-31
`,
      "rules.yaml",
    );
    const { out } = await cli(["rules", path]);
    expect(out).toMatch(/appliesTo +users \*@emea\.contoso\.com; countries de; members +\S+:3$/m);
    expect(out).toMatch(
      /exclude +addresses 192\.0\.2\.0\/24; users of Kiosks \(UPN\), until 2026-12-31, Kiosks, \(helpdesk@contoso\.com\) +\S+:4$/m,
    );
  });
});

describe("rules --check warns", () => {
  const check = async (text: string, asOf = "2026-12-20") => {
    const path = file(text, "rules.yaml");
    const { code, out } = await cli(["rules", "--check", path, "--as-of", asOf]);
    expect(code).toBe(0);
    return out
      .split("\n")
      .slice(1, -1)
      .map((line) => line.replace(path, "F"));
  };
  const excluding = (until: string) =>
    `- id: explicit-mfa-deny\n  exclude:\n    - { users: [a@contoso.com], reason: x, until: ${until} }\n`;

  test("of an exclusion two weeks before its end, and after it", async () => {
    expect(await check(excluding("2027-01-04"))).toEqual([]);
    expect(await check(excluding("2027-01-02"))).toEqual([
      "F:3:7 warning: explicit-mfa-deny exclude[0] ends with 2027-01-02",
    ]);
    expect(await check(excluding("2026-12-19"))).toEqual([
      "F:3:7 warning: explicit-mfa-deny exclude[0] has expired: it leaves out only what happened until 2026-12-19",
    ]);
  });

  test("at the rule itself, of what it does not say", async () => {
    expect(
      await check(
        "- { id: a, threshold: 9, window: 1h }\n- { id: explicit-mfa-deny, exclusions: { users: [alice] } }\n",
      ),
    ).toEqual([expect.stringMatching(/^F:2:3 warning: explicit-mfa-deny exclude\[0\] probably/)]);
  });

  test("of what never fits", async () => {
    expect(
      await check("- { id: explicit-mfa-deny, appliesTo: { users: [Azure Portal] } }"),
    ).toEqual([
      expect.stringContaining(
        "appliesTo probably never fits: azure portal is neither a principal name",
      ),
    ]);
    expect(
      await check(
        "- { id: explicit-mfa-deny, appliesTo: { users: [a@b.c] }, exclude: [{ users: [x@y.z], reason: r }] }",
      ),
    ).toEqual([expect.stringContaining("exclude[0] never fits: the rule does not apply to")]);
  });

  test("of a rule that another one always covers, and of numbers that are never read whole", async () => {
    expect(
      await check(
        "- { id: a, basedOn: explicit-mfa-deny, threshold: 3 }\n- { id: b, basedOn: explicit-mfa-deny }\n",
      ),
    ).toEqual([
      "F:2:5 warning: b id can be dropped: whatever b finds, a finds too, with the same severity or a higher one",
    ]);
    expect(
      await check(
        "- { id: a, threshold: 6000, window: 1h }\n- { id: t, threshold: 5, window: 13h, kind: tumbling }\n",
      ),
    ).toEqual([
      expect.stringMatching(/^F:1:12 warning: a threshold may never be reached: 10000 rows/),
      expect.stringMatching(/^F:2:26 warning: t window is longer than what is read/),
    ]);
  });
});

describe("an option or a command that nobody knows", () => {
  test.each([
    [
      ["rules", "--chek"],
      "Unknown option '--chek'; did you mean --check? (see: mfa-deny rules --help)",
    ],
    [["detect", "--format", "jsno", "-"], "prompts; did you mean json?"],
    [["detekt"], "there is no command 'detekt'; did you mean detect?"],
    [["detect", "--rule", "explicit-mfa-den", "-"], "did you mean explicit-mfa-deny?"],
  ])("%j is told with what was meant", async (args, sentence) => {
    const { code, err } = await cli(args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });
});

describe("rules --test SCENARIOS --rules FILE", () => {
  const scenario = (rule: string, expectation: readonly object[]) =>
    file(
      {
        name: "three refusals",
        rule,
        denials: { user: "adm-1@contoso.com", at: ["09:00", "09:01", "09:02"] },
        expect: expectation,
      },
      "scenario.json",
    );
  const rules = () =>
    file(
      "- { id: vip, basedOn: explicit-mfa-deny, threshold: 3, appliesTo: { users: ['adm-*'] } }",
      "rules.yaml",
    );

  test("tests the rules of the file by their ids", async () => {
    const found = scenario("vip", [{ user: "adm-1@contoso.com", denials: 3 }]);
    expect(await cli(["rules", "--test", found, "--rules", rules()])).toMatchObject({ code: 0 });
    const none = scenario("vip", []);
    expect(await cli(["rules", "--test", none, "--rules", rules()])).toMatchObject({ code: 1 });
  });

  test("tells of an id that the file does not have", async () => {
    const path = scenario("vpi", []);
    const { code, err } = await cli(["rules", "--test", path, "--rules", rules()]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `mfa-deny: ${path}: rule must be one of vip; did you mean vip?\n`,
    });
  });

  test.each([
    [["--rules", "a.yaml"], "--rules goes with --test"],
    [["--as-of", "2026-01-01"], "--as-of goes with --check"],
  ])("%j alone is refused", async (args, sentence) => {
    expect((await cli(["rules", ...args])).err).toBe(`mfa-deny: ${sentence}\n`);
  });
});

describe("detect with a file of rules", () => {
  const stdin = ndjson(denials("09:00", 5));

  test("finds and shows what a rule in shadow mode finds, and opens nothing", async () => {
    const rules = file("- { id: s, basedOn: explicit-mfa-deny, mode: shadow }", "rules.yaml");
    const { findings, notOpened } = await detect(["-", "--rules", rules], { stdin });
    expect(findings).toEqual([]);
    const { name: user, id: userId } = alice;
    expect(notOpened).toMatchObject([{ rule: "s", user, userId, denials: 5, reason: "shadow" }]);
    const { out } = await cli(["detect", "-", "--rules", rules], { stdin });
    expect(out).toContain(`Not opened (shadow): s on ${user}, 5 denials`);
  });

  test("counts what each exclusion hides, also where that is nothing", async () => {
    const rules = file(
      "- { id: explicit-mfa-deny, exclude: [{ addresses: [203.0.113.0/24], reason: r }, { users: [x@y.z], reason: r }] }",
      "rules.yaml",
    );
    const { run, findings, notOpened } = await detect(["-", "--rules", rules], { stdin });
    expect([findings, notOpened]).toEqual([[], []]);
    expect(run.excludedBy).toEqual({
      "explicit-mfa-deny exclude[0]": 5,
      "explicit-mfa-deny exclude[1]": 0,
    });
  });
});

describe("a watchlist of a file of rules", () => {
  const text = `- id: vip
  basedOn: explicit-mfa-deny
  threshold: 3
  appliesTo: { users: [{ watchlist: VIPUsers, column: UPN }] }
`;
  const beside = (rules: string, list: string | null) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "rules.yaml"), rules);
    if (list !== null) {
      writeFileSync(join(folder, "VIPUsers.csv"), list);
    }
    return join(folder, "rules.yaml");
  };
  const stdin = ndjson(denials("09:00", 3));
  const found = async (rules: string) =>
    (await detect(["-", "--rules", rules], { stdin })).findings;

  test("is the CSV file of its alias beside the file of rules", async () => {
    const [{ user } = { user: "" }] = await found(beside(text, null));
    expect(await found(beside(text, `Name,UPN\nSomebody,${user.toUpperCase()}\n`))).toHaveLength(1);
    expect(await found(beside(text, "Name,UPN\nSomebody,nobody@contoso.com\n"))).toEqual([]);
  });

  test.each([
    [null, "VIPUsers.csv: no such file or folder"],
    ["Name,Upn\na,b\n", "has no column UPN; did you mean Upn?"],
    ["Name,UPN\n", "the column UPN is empty"],
  ])("that cannot be read (%j) takes everybody in, and is told", async (list, problem) => {
    const rules = beside(text, list);
    const { err, out } = await cli(["detect", "-", "--format", "json", "--rules", rules], {
      stdin,
    });
    expect(err).toContain(problem);
    expect(JSON.parse(out)).toMatchObject({ findings: [{ rule: "vip" }] });
    expect((await cli(["rules", "--check", rules])).out).toContain(`warning: `);
  });

  test("that cannot be read excludes nobody", async () => {
    const excluding = `- id: explicit-mfa-deny
  threshold: 3
  exclude: [{ users: [{ watchlist: VIPUsers, column: UPN }], reason: test accounts }]
`;
    const [{ user } = { user: "" }] = await found(beside(excluding, null));
    expect(user).not.toBe("");
    expect(await found(beside(excluding, `UPN\n${user}\n`))).toEqual([]);
  });
});
