/** The steps of docs/defender.md, run as they are written, over an Azure that makes a table slowly, as the real one does. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const workspace =
  "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/law-sentinel";

/**
 * Stands in for the Azure CLI. A table is there at the fourth look after it was asked for; until then a data collection
 * rule with it is refused. Queries know the table two attempts later, so an analytics rule is refused until then.
 */
const fakeAz = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs");
const path = process.env.FAKE_AZURE;
const args = process.argv.slice(2);
const state = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { looks: 0, rules: 0, done: [] };
const end = (text, code = 0) => {
  writeFileSync(path, JSON.stringify(state));
  (code === 0 ? process.stdout : process.stderr).write(text + "\\n");
  process.exit(code);
};
const value = (name) => args[args.indexOf(name) + 1];
if (args[0] === "role") { state.done.push("role on " + value("--scope").split("/").at(-2)); end(""); }
if (args[0] === "functionapp") { state.settings = args.slice(args.indexOf("--settings") + 1); end(""); }
const url = new URL(value("--url"));
const kind = /\\/(tables|dataCollectionRules|alertRules)\\//.exec(url.pathname)[1];
const isPut = args.includes("--method") && value("--method") === "put";
if (isPut) { JSON.parse(readFileSync(value("--body").slice(1), "utf8")); }
if (kind === "tables") {
  if (isPut) { state.done.push("table"); end(""); }
  state.looks++;
  end(state.looks > 3 ? "Succeeded" : "Updating");
}
if (kind === "dataCollectionRules") {
  if (!isPut) { end(value("--query") === "properties.immutableId" ? "dcr-1" : "https://ingest.example"); }
  if (state.looks <= 3) { end("InvalidOutputTable: Table for output stream 'Custom-MfaDenyFindings_CL' is not available", 1); }
  state.done.push("data collection rule");
  end("");
}
state.rules++;
if (state.rules <= 2) { end("(BadRequest) One of the tables does not exist.", 1); }
state.done.push("analytics rule");
end("");
`;

const page = readFileSync("docs/defender.md", "utf8");
const [, script = ""] = /## Set it up\n[^]*?```sh\n([^]*?)```/.exec(page) ?? [];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mfa-deny-defender-"));
  for (const [name, text] of [
    ["az", fakeAz],
    ["sleep", "#!/bin/sh\nexit 0\n"],
  ] as const) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(text: string) {
  const filled = text
    .replace(/^WORKSPACE=.*$/m, `WORKSPACE=${workspace}`)
    .replace(/^PRINCIPAL=.*$/m, "PRINCIPAL=00000000-0000-0000-0000-0000000000bb")
    .replaceAll("dcr.json", join(folder, "dcr.json"))
    .replaceAll("…", "x");
  const env = {
    ...process.env,
    PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`,
    FAKE_AZURE: join(folder, "azure.json"),
  };
  const { status, stderr } = spawnSync("bash", ["-euc", filled], { env, encoding: "utf8" });
  const state = JSON.parse(readFileSync(join(folder, "azure.json"), "utf8")) as {
    readonly done: readonly string[];
    readonly settings?: readonly string[];
  };
  return { status, stderr, ...state };
}

// The page is for a shell of Unix.
const onUnix = test.skipIf(process.platform === "win32");

onUnix(
  "the steps wait for the table and for queries to know it, and end with the app's settings",
  () => {
    const { status, done, settings } = run(script);
    expect(done).toEqual([
      "table",
      "data collection rule",
      "role on dataCollectionRules",
      "analytics rule",
    ]);
    expect(settings).toEqual([
      "INCIDENT_SINKS=sentinel,logs",
      "FINDINGS_DCR_ID=dcr-1",
      "FINDINGS_ENDPOINT=https://ingest.example",
    ]);
    expect(status).toBe(0);
  },
);

onUnix("without waiting, the rule races the table", () => {
  const { status, stderr, done } = run(script.replace(/^until [^]*?done$/m, ""));
  expect([status, done]).toEqual([1, ["table"]]);
  expect(stderr).toContain("InvalidOutputTable");
});

test("the page says which roles the steps need, because a Contributor may not assign any", () => {
  expect(page).toMatch(
    /Role Based Access Control\s+Administrator there, because a Contributor may not assign roles/,
  );
});
