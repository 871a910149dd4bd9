/** What PowerShell and the console of Windows do to input and output, as far as any machine can show it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { approved, password, row } from "../builders.ts";
import { cli, denials, detect, inShort, ndjson, temporaryFolder, writeRows } from "./terminal.ts";

const rows = [
  ...denials("09:00", 5),
  row({ at: "09:20", resultType: "0", steps: [password("09:19:40"), approved("09:20")] }),
];
const lines = ndjson(rows).replaceAll("\n", "\r\n");
const utf16 = Buffer.from(`\uFEFF${lines}`, "utf16le");

describe("a pipe of PowerShell gives the findings of the file", () => {
  test.each([
    ["5.1, UTF-16 with a mark", utf16],
    ["5.1, UTF-16 that is big-endian", Buffer.from(utf16).swap16()],
    ["5.1 and 7, UTF-8 with a mark", Buffer.from(`\uFEFF${lines}`)],
    ["7, UTF-8", Buffer.from(lines)],
    ["7, with a blank line at the end", Buffer.from(`${lines}\r\n`)],
  ])("%s", async (_, stdin) => {
    const plain = inShort(await detect(["-"], { stdin: ndjson(rows) }));
    expect(plain).toHaveLength(1);
    expect(inShort(await detect(["-"], { stdin }))).toEqual(plain);
  });
});

test("a path may have blanks, brackets and letters of any language in every option", async () => {
  const folder = join(temporaryFolder(), "Sign-in logs (März) [1]");
  mkdirSync(folder);
  const log = writeRows(join(folder, "my log.json"), rows);
  const out = join(folder, "the incidents");
  const { code, out: text } = await cli([
    "detect",
    log,
    "--out",
    out,
    "--state",
    join(folder, "a b"),
  ]);
  expect(code).toBe(0);
  expect(text).toContain(`Written: ${out} (1 incident, a file each)`);
  // A path that a shell would take apart is not put into a suggestion.
  expect(text).toContain("mfa-deny report FILE --out case.html");
});

test("a console without Unicode shows every word of ours", async () => {
  for (const args of [[], ["--verbose"], ["--times", "relative"]]) {
    const { out } = await cli(["detect", "-", "--width", "80", ...args], { stdin: ndjson(rows) });
    expect(out).toMatch(/^[\n -~]+$/);
  }
});
