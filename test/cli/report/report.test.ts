import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alice, row, type Row } from "../../builders.ts";
import { cli, denials, temporaryFolder, writeRows } from "../terminal.ts";

const read = (path: string) => readFileSync(path, "utf8");

function logs(...more: readonly Row[]): { readonly folder: string; readonly log: string } {
  const folder = temporaryFolder();
  const other = row({ at: "08:00", resultType: "0", address: "203.0.113.250" });
  return {
    folder,
    log: writeRows(join(folder, "logs.json"), [...denials("09:00", 5), other, ...more]),
  };
}

test("the page names the attack, the log and its hash, and the terminal says where it is", async () => {
  const { folder, log } = logs();
  const out = join(folder, "page.html");
  const { code, out: said } = await cli(["report", log, "--out", out]);
  expect(code).toBe(0);
  expect(said).toMatch(
    /^1 user was attacked; these logs show no sign that the attacker got in\.\n/,
  );
  expect(said).toContain(`Written: ${out}\n`);
  const page = read(out);
  expect(page).toContain(alice.name);
  expect(page).toContain(createHash("sha256").update(read(log)).digest("hex"));
});

test("a case folder has the findings, a timeline for Timesketch, and only the rows that show refusals", async () => {
  const { folder, log } = logs();
  const dir = join(folder, "case");
  const { code } = await cli(["report", log, "--out", join(folder, "p.html"), "--case", dir]);
  expect(code).toBe(0);
  const findings = JSON.parse(read(join(dir, "findings.json"))) as { findings: object[] };
  expect(findings.findings).toHaveLength(1);
  const [head, ...events] = read(join(dir, "timeline.csv")).trimEnd().split("\r\n");
  expect(head).toMatch(/^message,datetime,timestamp_desc,timestamp,/);
  expect(events).toHaveLength(5);
  expect(events[0]).toContain("2026-03-10T09:00:00.000Z,MFA prompt refused,1773133200000000,");
  const rows = read(join(dir, "rows.ndjson")).trimEnd().split("\n");
  expect(rows).toHaveLength(5);
  expect(rows.join()).not.toContain("203.0.113.250");
  expect(read(join(dir, "README.txt"))).toContain("rows.ndjson    5 sign-in rows");
});

test("--redact leaves no name, id, address or place in any file, and keeps who is who", async () => {
  const { folder, log } = logs();
  const dir = join(folder, "case");
  const out = join(folder, "p.html");
  await cli(["report", log, "--out", out, "--case", dir, "--redact"]);
  const texts = [
    out,
    ...["findings.json", "timeline.csv", "rows.ndjson"].map((name) => join(dir, name)),
  ];
  for (const path of texts) {
    expect([path, read(path)]).toEqual([
      path,
      expect.not.stringMatching(/alice|contoso|203\.0\.113/i),
    ]);
  }
  expect(new Set(read(join(dir, "timeline.csv")).match(/<name \d+>/g)).size).toBe(1);
});

test("a page that cannot be written is reported in a sentence", async () => {
  const { folder, log } = logs();
  const { code, err } = await cli(["report", log, "--out", folder]);
  expect([code, err]).toEqual([2, expect.stringContaining("cannot be written (EISDIR)")]);
});

test("without a finding the page says so, with what was read", async () => {
  const folder = temporaryFolder();
  const log = writeRows(join(folder, "logs.json"), [row({ at: "08:00", resultType: "0" })]);
  const out = join(folder, "page.html");
  await cli(["report", log, "--out", out]);
  expect(read(out)).toContain("No user was attacked, as far as these logs show.");
});
