/**
 * What the template refuses, asked of the Bicep compiler, where .NET is there to fetch it. That the committed template
 * is what the sources give is a step of CI of its own: `node scripts/bicep.mjs --check`.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const minutes = 5 * 60_000;

const script = (...args: readonly string[]) =>
  spawnSync(process.execPath, ["scripts/bicep.mjs", ...args], { encoding: "utf8" });

const compiler = script("--print-compiler").stdout.trim();

describe("without .NET", () => {
  test("hashes are compared, and it is said that nothing was compiled", () => {
    const { status, stdout } = script("--check", "--without-compiler");
    expect([status, stdout]).toEqual([
      0,
      "bicep: not compiled, because .NET is not installed; compared the hashes of the sources instead.\n",
    ]);
  });
});

const workspace =
  "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/law-sentinel";

describe.skipIf(compiler === "")("the template refuses, before anything is made,", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mfa-deny-refused-"));
    cpSync("infra", folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function snapshot(given: string) {
    writeFileSync(
      join(folder, "parameters", "given.bicepparam"),
      `using '../azuredeploy.bicep'\n${given}\n`,
    );
    const place = ["--subscription-id=00000000-0000-0000-0000-00000000000a", "--resource-group=rg"];
    return spawnSync(
      compiler,
      [
        "snapshot",
        join(folder, "parameters", "given.bicepparam"),
        "--mode=overwrite",
        "--location=westeurope",
        ...place,
      ],
      { encoding: "utf8" },
    );
  }

  const good = `param sentinelWorkspaceResourceId = '${workspace}'`;

  test(
    "but not what is right",
    () => {
      expect(snapshot(good)).toMatchObject({ status: 0, stderr: "" });
    },
    minutes,
  );

  test.each<[what: string, given: string, says: RegExp]>([
    ["a workspace by its name", "param sentinelWorkspaceResourceId = 'law-sentinel'", /BCP332|110/],
    [
      "another kind of resource for a workspace",
      `param sentinelWorkspaceResourceId = '${workspace.replace("OperationalInsights/workspaces", "Storage/storageAccounts-and-more-text")}'`,
      /sentinelWorkspaceResourceId has to be/,
    ],
    ["no workspace", "param dryRun = true", /BCP258|sentinelWorkspaceResourceId/],
    [
      "a setting that the app does not know",
      `${good}\nparam settings = {\n  MISSPELT: 'x'\n}`,
      /MISSPELT/,
    ],
    ["another kind of hosting", `${good}\nparam hosting = 'Consumption'`, /Consumption/],
    [
      "Flex Consumption in Azure Government",
      `${good}\nparam location = 'usgovvirginia'\nparam hosting = 'FlexConsumption'`,
      /Flex Consumption is not offered in Azure Government/,
    ],
    [
      "the Premium plan without a package",
      `${good}\nparam hosting = 'Premium'\nparam packageUri = ''`,
      /On the Premium plan the app runs from packageUri/,
    ],
    ["a package over http", `${good}\nparam packageUri = 'http://example.com/a.zip'`, /https:\/\//],
    ["an app that nobody can reach", `${good}\nparam publicInbound = false`, /nobody could reach/],
    ["half an e-mail address", `${good}\nparam alertEmail = 'soc'`, /alertEmail has to be/],
    ["an unknown sink", `${good}\nparam incidentSinks = 'jira'`, /jira/],
  ])(
    "%s",
    (_, given, says) => {
      const { status, stderr, stdout } = snapshot(given);
      expect(status).not.toBe(0);
      expect(`${stderr}${stdout}`).toMatch(says);
    },
    minutes,
  );
});
