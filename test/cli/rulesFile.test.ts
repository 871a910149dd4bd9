import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
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
        `mfa-deny: ${rules}: [0].threshold must be 1 or more`,
        `mfa-deny: ${rules}: [0].windw is not known`,
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
    const broken = file('[{"id": "explicit-mfa-deny",\n  "threshold": 4,}]\n');
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
      expect.stringMatching(/: \[0\]\.id must be one of explicit-mfa-deny, /),
      `mfa-deny: ${bad}: [0].threshold must be a whole number`,
      expect.stringMatching(/: \[0\]\.counted\[0\] must be one of denied, /),
      `mfa-deny: ${bad}: [1].window must be a duration from PT1S to PT24H`,
      `mfa-deny: ${bad}: [1].exclusions.addresses[0] must be an address or a CIDR range`,
      `mfa-deny: ${broken}:2:18: is not valid JSON`,
      "mfa-deny: gone.json: no such file or folder",
      "",
    ]);
  });

  test.each([
    ["an object", { id: "explicit-mfa-deny" }, "must be a list of rules"],
    ["an empty list", [], "names no rule"],
    ["a rule twice", [...four, ...four], "names a rule twice"],
    ["ids by comma", '"explicit-mfa-deny"', "must be a list of rules"],
  ])("refuses %s", async (_, content, problem) => {
    const path = file(content);
    const { code, err } = await cli(["rules", "--check", path]);
    expect({ code, err }).toEqual({ code: 2, err: `mfa-deny: ${path}: ${problem}\n` });
  });

  test("reports a rule named twice along with everything else", async () => {
    const path = file([...four, { ...four[0], threshold: 0 }]);
    const { err } = await cli(["rules", "--check", path]);
    expect(err.split("\n").map((line) => line.replace(`mfa-deny: ${path}: `, ""))).toEqual([
      "[1].threshold must be 1 or more",
      "names a rule twice",
      "",
    ]);
  });

  test("reports where truncated JSON ends", async () => {
    const path = file('[\n  {"id":');
    expect((await cli(["rules", "--check", path])).err).toBe(
      `mfa-deny: ${path}:2:9: is not valid JSON\n`,
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
