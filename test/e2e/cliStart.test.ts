import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, startFile } from "./cliProgram.ts";

test("npm start shows the main job on the example and ends by itself", async () => {
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
  expect(readdirSync(join(root, "out", "incidents"))).toHaveLength(found.length);
}, 180_000);
