import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { presets } from "../../src/detection/rules/presets.ts";
import { cli, denials, temporaryFolder, writeRows } from "./terminal.ts";

/** What a refused command line says: one sentence on standard error, and nothing on standard output. */
async function refusal(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await cli(args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^mfa-deny: [^\n]+\n$/);
  return err.slice("mfa-deny: ".length, -1);
}

describe("help", () => {
  test.each([["--help"], ["-h"], ["help"]])(
    "%s lists the commands on standard output",
    async (arg) => {
      const { code, out, err } = await cli([arg]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("detect FILE…");
      expect(out).toContain("rules");
      expect(out).toMatch(/^Exit codes:\n {2}0 +done\n {2}1 +findings \(with --exit-code\)/m);
      expect(out.match(/^ {2}\d+/gm)).toEqual(["  0", "  1", "  2", "  3", "  130"]);
    },
  );

  test.each([["--help"], ["-h"]])("detect %s names every option", async (arg) => {
    const { code, out, err } = await cli(["detect", arg]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const named = [...out.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name);
    expect(named).toEqual(
      expect.arrayContaining([
        "rule",
        "threshold",
        "window",
        "state",
        "out",
        "as-of",
        "from",
        "to",
        "date-order",
        "format",
        "strict",
        "exit-code",
        "quiet",
        "no-progress",
        "help",
      ]),
    );
  });

  test("of detect names the rule that is on by default", async () => {
    const { out } = await cli(["detect", "--help"]);
    const on = presets.filter(({ mode }) => mode === "on").map(({ id }) => id);
    expect(out).toContain(`Default: ${on.join(", ")}.`);
  });

  test("is shown for a command even with other options", async () => {
    expect((await cli(["detect", "no-such-file", "--help"])).code).toBe(0);
    expect((await cli(["rules", "--help"])).out).toContain("--format FORMAT");
  });
});

describe("rules", () => {
  test("lists every rule that ships with its own numbers", async () => {
    const { code, out, err } = await cli(["rules"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\n").filter((line) => line !== "")).toHaveLength(1 + presets.length);
    expect(out).toMatch(
      /^explicit-mfa-deny +on +5 or more denials within 15 minutes +sliding +Medium/m,
    );
    expect(out).toMatch(
      /^azure-ad-multiple-denied-mfa +off +10 or more denials in a fixed span of 10 minutes +tumbling/m,
    );
    expect(out).toMatch(
      /^mfa-deny-then-approve +on +2 or more denials within 1 hour, and an approval/m,
    );
  });

  test("are given whole as JSON", async () => {
    const { out } = await cli(["rules", "--format", "json"]);
    expect(JSON.parse(out)).toEqual(
      JSON.parse(
        JSON.stringify(presets.map((rule) => ({ ...rule, enabled: rule.mode !== "off" }))),
      ),
    );
  });

  test("have no other format", async () => {
    expect(await refusal("rules", "--format", "csv")).toBe(
      "--format is 'csv'; it must be one of table, json",
    );
  });
});

describe("without anything to do", () => {
  test("no command shows the usage and exits with 2", async () => {
    const { code, out, err } = await cli([]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("detect FILE…");
    expect(err).toMatch(/mfa-deny: no command given\n$/);
  });

  test("detect without a file shows its usage and exits with 2", async () => {
    const { code, out, err } = await cli(["detect", "--quiet"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^mfa-deny detect FILE…\n/);
    expect(err).toMatch(/mfa-deny: detect needs a FILE, a folder, or - for standard input\n$/);
  });

  test("a command that is not there is named", async () => {
    const { code, out, err } = await cli(["detekt", "log.json"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/mfa-deny: there is no command 'detekt'; did you mean detect\?\n$/);
  });

  test.each([["constructor"], ["__proto__"], ["toString"]])(
    "%s is no command either",
    async (name) => {
      expect((await cli([name])).code).toBe(2);
    },
  );
});

describe("an impossible option is named in one sentence", () => {
  const see = "(see: mfa-deny detect --help)";
  const duration = "it must be a duration such as 15m or PT15M";
  const moment = "it must be a day such as 2026-03-10 or a time such as 2026-03-10T09:00:00Z";

  test.each([
    [["--frobnicate"], `Unknown option '--frobnicate' ${see}`],
    [["--__proto__=1"], `Unknown option '--__proto__' ${see}`],
    [["-x"], `Unknown option '-x' ${see}`],
    [["--version"], `Unknown option '--version' ${see}`],
    [["--threshold"], `Option '--threshold <value>' argument missing ${see}`],
    [["--threshold", "-5"], `Option '--threshold' argument is ambiguous ${see}`],
    [["--strict=yes"], `Option '--strict' does not take an argument ${see}`],
    [["--format", "json", "--format", "csv"], "--format is given 2 times; once is enough"],
    [["--strict", "--strict"], "--strict is given 2 times; once is enough"],
    [["--format", "xml"], "--format is 'xml'; it must be one of table, json, ndjson, csv"],
    [["--format", "constructor"], /^--format is 'constructor'/],
    [["--rule", "no-such"], /^--rule is 'no-such'; the rules are explicit-mfa-deny, /],
    [["--rule", "explicit-mfa-deny", "--rule", "x"], /^--rule is 'x'; the rules are/],
    [["--state="], "--state is blank; it must be DIR"],
    [["--out", " "], "--out is blank; it must be DIR"],
    [["--threshold", "0"], "--threshold is '0'; it must be a whole number from 1 to 10000"],
    [["--threshold", "10001"], /^--threshold is '10001'/],
    [["--threshold=-1"], /^--threshold is '-1'/],
    [["--threshold", "2.5"], /^--threshold is '2.5'/],
    [["--threshold", "1e3"], /^--threshold is '1e3'/],
    [["--threshold", "five"], /^--threshold is 'five'/],
    [["--threshold", "٥"], /^--threshold is '٥'/],
    [["--threshold", "0x5"], /^--threshold is '0x5'/],
    [["--window", "15"], `--window is '15'; ${duration}`],
    [["--window", "15 minutes"], `--window is '15 minutes'; ${duration}`],
    [["--window", "P1M"], `--window is 'P1M'; ${duration}`],
    [["--window", "PT"], `--window is 'PT'; ${duration}`],
    [["--window=-15m"], `--window is '-15m'; ${duration}`],
    [["--window", "0m"], "--window is '0m'; it must be from 1 second to 1 day"],
    [["--window", "999ms"], /^--window is '999ms'; it must be from/],
    [["--window", "25h"], "--window is '25h'; it must be from 1 second to 1 day"],
    [["--as-of", "now"], `--as-of is 'now'; ${moment}`],
    [["--as-of", "0"], `--as-of is '0'; ${moment}`],
    [["--from", "2026-02-30"], `--from is '2026-02-30'; ${moment}`],
    [["--from", "1970-01-01T00:00:00Z"], /^--from is '1970-/],
    [["--to", "2026-03-10T25:00:00Z"], /^--to is '2026-03-10T25:00:00Z'/],
    [["--to", "10.03.2026"], `--to is '10.03.2026'; ${moment}`],
    [
      ["--from", "2026-03-10", "--to", "2026-03-10"],
      "--from 2026-03-10 is not before --to 2026-03-10",
    ],
    [["--from", "2026-03-11", "--to", "2026-03-10"], /^--from 2026-03-11 is not before/],
    [["--state", "s", ""], "a FILE is blank; it must be a file, a folder, or -"],
  ])("%j", async (args, sentence) => {
    const folder = temporaryFolder();
    const log = writeRows(join(folder, "log.json"), denials("09:00", 5));
    expect(await refusal("detect", log, ...args)).toMatch(sentence);
  });

  test.each([
    ["--threshold", "7", []],
    ["--window", "20m", []],
  ])(
    "%s %s changes explicit-mfa-deny, or the one rule that is named, and no two",
    async (name, value) => {
      const log = writeRows(join(temporaryFolder(), "log.json"), denials("09:00", 5));
      expect((await cli(["detect", log, name, value])).code).toBe(0);
      const two = ["--rule", "explicit-mfa-deny", "--rule", "mfa-deny-then-approve"];
      expect(await refusal("detect", log, name, value, ...two)).toBe(
        `${name} ${value} needs exactly one rule, but 2 are chosen`,
      );
      const once = ["--rule", "explicit-mfa-deny", "--rule", "explicit-mfa-deny"];
      expect((await cli(["detect", log, name, value, ...once])).code).toBe(0);
    },
  );

  test("and nothing is written", async () => {
    const folder = temporaryFolder();
    const log = writeRows(join(folder, "log.json"), denials("09:00", 5));
    const [state, out] = [join(folder, "state"), join(folder, "out")];
    await refusal("detect", log, "--state", state, "--out", out, "--threshold", "0");
    expect([existsSync(state), existsSync(out)]).toEqual([false, false]);
  });

  test("before any file is looked at", async () => {
    expect(await refusal("detect", "no-such-file", "--format", "xml")).toMatch(/^--format/);
  });
});

describe("an unusable folder is named in one sentence", () => {
  test("--out that is a file, before anything is recorded", async () => {
    const folder = temporaryFolder();
    const log = writeRows(join(folder, "log.json"), denials("09:00", 5));
    const state = join(folder, "state");
    expect(await refusal("detect", log, "--state", state, "--out", log)).toBe(
      `${log}: is not a folder, so incidents cannot be written there`,
    );
    expect(await refusal("detect", log, "--state", state, "--out", join(log, "below"))).toBe(
      `${join(log, "below")}: incidents cannot be written there (ENOTDIR)`,
    );
    expect(existsSync(state)).toBe(false);
  });

  test("--state that is a file", async () => {
    const folder = temporaryFolder();
    const log = writeRows(join(folder, "log.json"), denials("09:00", 5));
    expect(await refusal("detect", log, "--state", log)).toBe(
      `${log}: cannot be used as a state folder (EEXIST)`,
    );
  });
});

describe("a name that would play with the terminal", () => {
  test("is shown harmless where a message quotes it", async () => {
    const folder = join(temporaryFolder(), "a\u001b[2Jb\u202ec");
    mkdirSync(folder);
    expect(await refusal("detect", folder)).toContain(
      "a[U+001B][2Jb[U+202E]c: the folder contains no logs",
    );
    const log = join(folder, "x\ny.json");
    const row = { Id: "1", ResultType: "0", TimeGenerated: "2026-03-10T10:00:00Z" };
    writeFileSync(log, `${JSON.stringify(row)}\n{"Id":\n`);
    const { code, err } = await cli(["detect", log]);
    expect(code).toBe(3);
    expect(err).toMatch(/^mfa-deny: .*x\[U\+000A\]y\.json:2: [^\n]+\n$/);
  });
});
