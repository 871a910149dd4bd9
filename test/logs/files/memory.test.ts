import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourcePlugins } from "../../../scripts/sources.mjs";
import { listed } from "../../cases.ts";

/** A process needs up to 95 MB to begin with; a reader that kept what it has read would need the sum. */
const inputMegabytes = 120;
const limitMegabytes = 150;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "endless-"));
  await build({
    entryPoints: [fileURLToPath(new URL("./endless.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    plugins: [...sourcePlugins],
    outfile: join(folder, "endless.mjs"),
  });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A share of them is one that is read line by line, one by position, and one unpacked. */
const containers = [
  "lines",
  "csv",
  "zipped envelope",
  "array",
  "envelope",
  "page",
  "answer",
  "objects",
  "packed lines",
];

test.each(listed(containers, 3))("memory does not grow with the input: %s", async (container) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--max-old-space-size=48",
    // Otherwise Node lets garbage pile up before it looks, and how much differs by version.
    "--max-semi-space-size=2",
    join(folder, "endless.mjs"),
    container,
    String(inputMegabytes),
  ]);
  const [, megabytes] = /^0 missing, 0 bad, (\d+) MB$/m.exec(stdout) ?? [];
  expect(Number(megabytes), stdout).toBeLessThan(limitMegabytes);
});
