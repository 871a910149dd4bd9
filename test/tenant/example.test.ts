import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { exampleDay } from "../../src/tenant/example.ts";

const root = new URL("../../", import.meta.url);

test("the example in the repository is what its script writes", () => {
  const script = fileURLToPath(new URL("scripts/make-example.mjs", root));
  expect(execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" })).toBe("");
});

test("the example is a day of a small tenant, and small itself", () => {
  const log = new URL("examples/contoso-day.ndjson.gz", root);
  expect(statSync(log).size).toBeLessThan(1_500_000);
  const lines = gunzipSync(readFileSync(log)).toString("utf8").trimEnd().split("\n");
  const truth: { rows: number; attacks: { kind: string }[] } = JSON.parse(
    readFileSync(new URL("examples/contoso-day.truth.json", root), "utf8"),
  );
  expect(truth).toEqual(exampleDay().truth);
  expect(lines).toHaveLength(truth.rows);
  const times = lines.map((line) => {
    const row: { TimeGenerated: string } = JSON.parse(line);
    return row.TimeGenerated;
  });
  expect(times).toEqual(times.toSorted());
  const readme = readFileSync(new URL("examples/README.md", root), "utf8");
  for (const { kind } of truth.attacks) {
    expect(readme).toContain(`\`${kind}\``);
  }
});
