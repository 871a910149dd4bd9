import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { example, mfaDeny, root, startFile } from "./cliProgram.ts";

test("npm start shows the main job on the example and ends by itself", async () => {
  const folder = join(root, "out", "incidents");
  mkdirSync(folder, { recursive: true });
  const note = join(folder, "my notes.txt");
  const earlier = join(folder, "00000000-0000-4000-8000-000000000000.json");
  writeFileSync(note, "mine");
  writeFileSync(earlier, "{}");
  onTestFinished(() => rmSync(note, { force: true }));
  const { code, out, err } = await startFile(join(root, "dist", "start.mjs"), [], {}).ended;
  expect({ code, err }).toEqual({ code: 0, err: "" });

  const truth = JSON.parse(
    readFileSync(join(root, "examples", "contoso-day.truth.json"), "utf8"),
  ) as {
    readonly rows: number;
    readonly attacks: readonly { user: string; expectedRules: readonly { rule: string }[] }[];
  };
  const found = truth.attacks.filter(({ expectedRules }) =>
    expectedRules.some(({ rule }) => rule !== "azure-ad-multiple-denied-mfa"),
  );
  // The table of incidents, the counts, where the files lie, and what to run next.
  for (const { user } of found) {
    expect(out).toContain(user);
  }
  expect(out).toContain(`${truth.rows} sign-in rows`);
  expect(out).toContain("out/incidents");
  expect(out).toMatch(/^Next/m);
  // The README shows this very output.
  const readme = readFileSync(join(root, "README.md"), "utf8");
  expect(readme).toContain(`<!-- npm start -->\n\n\`\`\`text\n${out.trimEnd()}\n\`\`\``);
  expect(out).toContain("node dist/cli.mjs detect YOUR_SIGNIN_LOGS.json");
  // What a person wrote there stays; what an earlier start wrote does not.
  expect(readFileSync(note, "utf8")).toBe("mine");
  expect(readdirSync(folder)).toHaveLength(found.length + 1);
}, 600_000);

test("the README shows what detect prints first on the example", async () => {
  const { out } = await mfaDeny(["detect", example, "--width", "110"]);
  const [, shown = ""] =
    /<!-- detect -->\n\n```text\n(.*?)\n…\n```/s.exec(
      readFileSync(join(root, "README.md"), "utf8"),
    ) ?? [];
  expect(shown).not.toBe("");
  expect(out.startsWith(`${shown}\n`)).toBe(true);
});
