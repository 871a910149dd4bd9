import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { loadCommand } from "../../src/cli/commands.ts";
import { heads } from "../../src/cli/heads.ts";
import { commandLineDocs } from "../../src/cli/docs.ts";
import { exitCodes, exitCodeWords } from "../../src/cli/command.ts";
import { presets } from "../../src/detection/rules/presets.ts";
import { conditionOf } from "../../src/detection/rules/ruleText.ts";
import { cli, temporaryFolder } from "./terminal.ts";

const loaded = await Promise.all(Object.keys(heads).map(loadCommand));
const commands = loaded.filter((command) => command !== undefined);
const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("docs/cli.md", () => {
  test("is what the commands declare (else: node scripts/make-docs.mjs)", () => {
    expect(read("docs/cli.md")).toBe(commandLineDocs(commands));
  });

  test("has every command, every option and every exit code", () => {
    const text = read("docs/cli.md");
    for (const { name, options } of commands) {
      const section = text.slice(text.indexOf(`\n## ${name}\n`));
      for (const option of options) {
        expect(section).toContain(`--${option.name}`);
      }
    }
    expect(exitCodeWords.map(([code]) => code)).toEqual(Object.values(exitCodes));
  });
});

describe("the examples of the command line", () => {
  const back = process.cwd();
  afterEach(() => process.chdir(back));

  test.each(commands.map((command) => [command.name, command] as const))(
    "of %s work, one after the other",
    async (_, { examples }) => {
      const folder = temporaryFolder();
      symlinkSync(join(root, "examples"), join(folder, "examples"));
      process.chdir(folder);
      for (const { line } of examples.filter(({ needsAzure }) => needsAzure !== true)) {
        let stdin = "";
        for (const part of line.split(" | ")) {
          const [program, ...args] = part.split(" ");
          const { code, out, err } = await cli(args, { stdin });
          expect({ line, program, code, err }).toEqual({
            line,
            program: "mfa-deny",
            code: 0,
            err: "",
          });
          expect(out).not.toBe("");
          stdin = out;
        }
      }
      process.chdir(back);
    },
    60_000,
  );

  test("are in the help as well, within 120 columns", async () => {
    for (const { name, examples } of commands) {
      expect(examples.length).toBeGreaterThan(0);
      const { out } = await cli([name, "--help"]);
      for (const { line, says } of examples) {
        expect(out).toContain(line);
        expect(out).toContain(says);
      }
      expect(Math.max(...out.split("\n").map((text) => text.length))).toBeLessThanOrEqual(120);
    }
  });
});

describe("the example of docs/scenarios.md", () => {
  test("is a file of scenarios that pass", async () => {
    const [, json = ""] = /```json\n([^]*?)```/.exec(read("docs/scenarios.md")) ?? [];
    const path = join(temporaryFolder(), "scenarios.json");
    writeFileSync(path, json);
    const { code, out } = await cli(["rules", "--test", path]);
    expect([code, out.split("\n").at(-2)]).toEqual([0, "2 ok, 0 failed"]);
  });
});

describe("the numbers of the rules that ship", () => {
  const rowsOf = (text: string) =>
    text
      .split("\n")
      .filter((line) => presets.some(({ id }) => line.startsWith(`| \`${id}\``)))
      .map((line) => line.split("|").map((cell) => cell.trim()));
  const expected = presets.map((rule) => [
    "",
    `\`${rule.id}\``,
    rule.mode,
    conditionOf(rule),
    rule.severity,
    "",
  ]);

  test.each(["README.md", "docs/cli.md"])("are the code's in the table of %s", (path) => {
    expect(rowsOf(read(path))).toEqual(expected);
  });

  test("match the code wherever prose states a rule's condition", () => {
    const conditions = presets.map(conditionOf);
    const prose = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
    for (const path of prose.filter(
      (name) => name.endsWith(".md") && existsSync(join(root, name)),
    )) {
      for (const [condition] of read(path).matchAll(/\d+ or more denials (?:within|in) [^|\n]*/g)) {
        expect(conditions).toContain(condition.trim());
      }
    }
  });
});
