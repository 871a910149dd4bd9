import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { peers } from "../../src/cli/compare/peers/peers.ts";
import type { TuneOutput } from "../../src/cli/tune/tuneReport.ts";
import { cli, temporaryFolder } from "../cli/terminal.ts";

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = textOf("docs/tuning.md");

it("docs/tuning.md has every public rule with its source, version and what is left out", () => {
  const [, table = ""] = /<!-- peers -->(.*?)<!-- end -->/s.exec(page) ?? [];
  const rows = table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  expect(rows.map(([, ...cells]) => cells.slice(0, 4))).toEqual(
    peers.map(({ id, name, source, version, says, leavesOut }) => [
      `\`${id}\``,
      source.startsWith("https:") ? `[${name}](${source}), ${version}` : `${name}, ${version}`,
      says,
      leavesOut || "-",
    ]),
  );
});

it("the numbers of the made-up season are those of the command that is shown", async () => {
  const [, options = ""] = /generate --out season (.*)/.exec(page) ?? [];
  expect(textOf("README.md")).toContain(`generate --out season ${options}`);
  const folder = join(temporaryFolder(), "season");
  await cli(["generate", "--out", folder, ...options.split(" ")]);
  const labels = join(folder, "truth.json");
  const limits = ["--max-per-week", "5", "--labels", labels];
  const { out } = await cli(["tune", ...limits, "--format", "json", folder]);
  const { current, chosen, labels: counts } = JSON.parse(out) as TuneOutput;
  const percent = (share: number | null | undefined) => `${Math.round((share ?? NaN) * 100)} %`;
  const said = (text: string) => text.replaceAll(/\s+/g, " ");
  const found = `precision of ${percent(current.precision)} and a recall of ${percent(current.recall)}`;
  expect(said(page)).toContain(
    `${counts?.attacks} attacks and ${counts?.benign} harmless bursts, the rules that are on by default have a ${found}`,
  );
  expect(said(textOf("README.md"))).toContain(found);
  expect(said(page)).toContain(
    `${current.worstWeek} findings in the worst week and a recall of ${percent(current.recall)}`,
  );
  expect(said(page)).toContain(`stays at 5 has a recall of ${percent(chosen?.recall)}`);
}, 180_000);
