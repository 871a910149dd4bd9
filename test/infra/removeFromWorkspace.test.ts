import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const group = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-security";
const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/law-sentinel`;
const insights = `${group}/providers/Microsoft.Insights`;
const roles = `${workspace}/providers/Microsoft.Authorization/roleAssignments`;
const rule = `${workspace}/providers/Microsoft.SecurityInsights/alertRules/0e0f6c4b-6c0c-4f1e-9d0a-3d5b8f0a7c52`;
const table = `${workspace}/tables/MfaDenyFindings_CL`;

/** What lies in the workspace and its group: ours, and what others made. */
const ours: Readonly<Record<string, object>> = {
  [rule]: {},
  [`${insights}/scheduledQueryRules/mfa-deny-x-silence`]: {
    displayName: "MFA denial detector: no sign-in was logged for a day",
  },
  [`${insights}/actionGroups/ag-mfa-deny-x`]: { groupShortName: "mfa-deny" },
  [`${insights}/workbooks/11111111-0000-0000-0000-000000000000`]: {
    displayName: "MFA denials",
    sourceId: workspace.toLowerCase(),
  },
  [`${insights}/dataCollectionRules/mfa-deny-findings`]: {},
  [`${roles}/1`]: { description: "mfa-deny-detector: Microsoft Sentinel Responder" },
  [`${group}/providers/Microsoft.Authorization/roleDefinitions/2`]: {
    roleName: "MFA denial detector (abc)",
  },
};
const theirs: Readonly<Record<string, object>> = {
  [`${insights}/scheduledQueryRules/cpu`]: { displayName: "CPU" },
  [`${insights}/actionGroups/soc`]: { groupShortName: "soc" },
  [`${insights}/workbooks/22222222-0000-0000-0000-000000000000`]: {
    displayName: "MFA denials",
    sourceId: `${workspace}-other`,
  },
  [`${insights}/dataCollectionRules/other`]: {},
  [`${roles}/3`]: { description: "somebody else" },
};

/** Stands in for the Azure CLI: resources in a file, by id. */
const fakeAz = `#!${process.execPath}
const { readFileSync, writeFileSync } = require("node:fs");
const path = process.env.FAKE_AZURE;
const args = process.argv.slice(2);
if (args[0] === "cloud") { console.log("https://management.azure.com/"); process.exit(0); }
const resources = JSON.parse(readFileSync(path, "utf8"));
const method = args[args.indexOf("--method") + 1];
const url = new URL(args[args.indexOf("--url") + 1]);
const id = decodeURIComponent(url.pathname);
if (!url.searchParams.get("api-version")) { console.error("Bad Request"); process.exit(1); }
if (process.env.FAKE_FORBIDDEN && method === "delete" && id.includes(process.env.FAKE_FORBIDDEN)) {
  console.error("Forbidden(AuthorizationFailed)"); process.exit(1);
}
const children = Object.keys(resources).filter((each) => each.startsWith(id + "/") && !each.slice(id.length + 1).includes("/"));
if (method === "delete") {
  if (!(id in resources)) { console.error("Not Found(ResourceNotFound)"); process.exit(1); }
  delete resources[id];
  writeFileSync(path, JSON.stringify(resources));
} else if (id in resources) {
  console.log(JSON.stringify({ id, properties: resources[id] }));
} else if (/(scheduledQueryRules|actionGroups|workbooks|roleAssignments|roleDefinitions)$/.test(id)) {
  console.log(JSON.stringify({ value: children.map((each) => ({ id: each, properties: resources[each] })) }));
} else { console.error("Not Found(ResourceNotFound)"); process.exit(1); }
`;

let folder: string;
let azure: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mfa-deny-az-"));
  azure = join(folder, "azure.json");
  writeFileSync(azure, JSON.stringify({ ...ours, ...theirs, [table]: {} }));
  writeFileSync(join(folder, "az"), fakeAz);
  chmodSync(join(folder, "az"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const left = () => Object.keys(JSON.parse(readFileSync(azure, "utf8")) as object).toSorted();

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const path = { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`, FAKE_AZURE: azure };
  return spawnSync(process.execPath, ["scripts/remove-from-workspace.mjs", ...args], {
    encoding: "utf8",
    env: { ...process.env, ...path, ...env },
  });
}

// The stand-in for az is a script with a first line that names its interpreter.
describe.skipIf(process.platform === "win32")("remove-from-workspace", () => {
  test("lists what it would remove, and removes nothing without --yes", () => {
    const before = left();
    const { status, stdout } = run(["--workspace", workspace]);
    expect(status).toBe(0);
    for (const id of Object.keys(ours)) {
      expect(stdout).toContain(id);
    }
    expect(stdout).toContain("Nothing was removed.");
    expect(left()).toEqual(before);
  });

  test("removes everything of the detector and nothing of anybody else, and keeps the findings", () => {
    expect(run(["--workspace", workspace, "--yes"]).status).toBe(0);
    expect(left()).toEqual([...Object.keys(theirs), table].toSorted());
  });

  test("also removes the findings with --table", () => {
    expect(run(["--workspace", workspace, "--table", "--yes"]).status).toBe(0);
    expect(left()).toEqual(Object.keys(theirs).toSorted());
  });

  test("can run again: missing resources are not an error", () => {
    run(["--workspace", workspace, "--table", "--yes"]);
    const { status, stdout } = run(["--workspace", workspace, "--table", "--yes"]);
    expect([status, stdout]).toEqual([0, "Nothing of the detector is in this workspace.\n"]);
  });

  test("goes on after something that it may not remove, says so and fails", () => {
    const { status, stderr } = run(["--workspace", workspace, "--yes"], {
      FAKE_FORBIDDEN: "dataCollectionRules",
    });
    expect(status).toBe(1);
    expect(stderr).toContain("not removed: data collection rule");
    expect(left()).toEqual(
      [
        ...Object.keys(theirs),
        table,
        `${insights}/dataCollectionRules/mfa-deny-findings`,
      ].toSorted(),
    );
  });

  test.each([[["--workspace", "law-sentinel"]], [[]], [["--everything"]]])(
    "refuses %j with a sentence",
    (args) => {
      const { status, stderr } = run(args);
      expect(status).toBe(2);
      expect(stderr).toContain("Usage: ");
      expect(stderr).not.toMatch(/\n\s+at /);
    },
  );
});

test("every kind of resource that the template puts into the workspace's group is removed", () => {
  const script = readFileSync("scripts/remove-from-workspace.mjs", "utf8");
  const { predictedResources } = JSON.parse(
    readFileSync("infra/parameters/default.snapshot.json", "utf8"),
  ) as { predictedResources: readonly { id: string; type: string }[] };
  const kinds = predictedResources
    .filter(({ id }) => id.startsWith(group))
    .map(({ type }) => type.split("/").at(-1) ?? "");
  expect(kinds.length).toBeGreaterThan(7);
  for (const kind of new Set(kinds)) {
    expect(script).toContain(kind);
  }
});
