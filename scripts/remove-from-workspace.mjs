// Removes what a deployment put into a Sentinel workspace: analytics rule, data collection rule, workbook, alerts,
// roles, and with --table the findings themselves. `azd down` removes the app's own resource group, but none of
// these. Runs the Azure CLI; without --yes it only lists. Missing resources are not an error.
//
// node scripts/remove-from-workspace.mjs --workspace RESOURCE_ID [--table] [--yes]
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const usage =
  "Usage: node scripts/remove-from-workspace.mjs --workspace RESOURCE_ID [--table] [--yes]";
const analyticsRule = "0e0f6c4b-6c0c-4f1e-9d0a-3d5b8f0a7c52";

const { workspace, table, yes } = readArguments();
const [, subscription = "", group = ""] =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\//i.exec(workspace) ?? [];
const groupId = `/subscriptions/${subscription}/resourceGroups/${group}`;
const arm = az(["cloud", "show", "--query", "endpoints.resourceManager", "--output", "tsv"])
  .stdout.trim()
  .replace(/\/+$/, "");

const found = whatIsThere();
for (const { what, id } of found) {
  console.log(`${yes ? "removing" : "would remove"} ${what}: ${id}`);
}
if (found.length === 0) {
  console.log("Nothing of the detector is in this workspace.");
} else if (!yes) {
  console.log("Nothing was removed. Run it again with --yes.");
} else {
  const failed = found.filter(({ id, version }) => !remove(id, version));
  for (const { what, id } of failed) {
    console.error(`not removed: ${what}: ${id}`);
  }
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/**
 * Returns everything that belongs to the detector, in the order of removal: users of a resource before the
 * resource.
 *
 * @returns {readonly { what: string, id: string, version: string }[]}
 */
function whatIsThere() {
  const insights = `${groupId}/providers/Microsoft.Insights`;
  const isOurs = (/** @type {any} */ { properties }) =>
    String(properties?.description ?? "").startsWith("mfa-deny-detector:");
  const ruleId = `${workspace}/providers/Microsoft.SecurityInsights/alertRules/${analyticsRule}`;
  return [
    ...one("analytics rule", ruleId, "2025-09-01"),
    ...many("alert", `${insights}/scheduledQueryRules`, "2023-12-01", ({ properties }) =>
      String(properties?.displayName).startsWith("MFA denial detector: "),
    ),
    ...many("action group", `${insights}/actionGroups`, "2023-01-01", ({ properties }) =>
      String(properties?.groupShortName).startsWith("mfa-deny"),
    ),
    ...many(
      "workbook",
      `${insights}/workbooks`,
      "2023-06-01",
      ({ properties }) =>
        properties?.displayName === "MFA denials" &&
        String(properties?.sourceId).toLowerCase() === workspace.toLowerCase(),
      "&category=sentinel",
    ),
    ...one(
      "data collection rule",
      `${insights}/dataCollectionRules/mfa-deny-findings`,
      "2024-03-11",
    ),
    ...many(
      "role assignment",
      `${workspace}/providers/Microsoft.Authorization/roleAssignments`,
      "2022-04-01",
      (each) => isOurs(each) && String(each.id).toLowerCase().startsWith(workspace.toLowerCase()),
    ),
    ...many(
      "custom role",
      `${groupId}/providers/Microsoft.Authorization/roleDefinitions`,
      "2022-04-01",
      ({ properties }) => String(properties?.roleName).startsWith("MFA denial detector ("),
      "&$filter=type%20eq%20%27CustomRole%27",
    ),
    ...(table ? one("table", `${workspace}/tables/MfaDenyFindings_CL`, "2025-07-01") : []),
  ];
}

/**
 * @param {string} what
 * @param {string} id
 * @param {string} version
 */
function one(what, id, version) {
  return rest("get", `${id}?api-version=${version}`) === null ? [] : [{ what, id, version }];
}

/**
 * @param {string} what
 * @param {string} list
 * @param {string} version
 * @param {(each: any) => boolean} isOurs
 */
function many(what, list, version, isOurs, query = "") {
  const { value = [] } = rest("get", `${list}?api-version=${version}${query}`) ?? {};
  return value
    .filter(isOurs)
    .map((/** @type {{ id: string }} */ { id }) => ({ what, id, version }));
}

/** @param {string} id @param {string} version */
function remove(id, version) {
  try {
    rest("delete", `${id}?api-version=${version}`);
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}

/**
 * @param {"get" | "delete"} method
 * @param {string} path
 * @returns {any} the answer; null if the resource does not exist
 */
function rest(method, path) {
  const { status, stdout, stderr } = az(["rest", "--method", method, "--url", `${arm}${path}`]);
  if (status === 0) {
    return stdout.trim() === "" ? {} : JSON.parse(stdout);
  }
  if (/\bNot Found\b|NotFound|\b404\b/.test(stderr)) {
    return null;
  }
  throw new Error(`az rest --method ${method} ${path} failed: ${stderr.trim()}`);
}

/** @param {readonly string[]} args */
function az(args) {
  const windows = process.platform === "win32";
  // On Windows az is a .cmd file, which needs a shell; the shell would interpret & in an address.
  const quoted = windows ? args.map((arg) => `"${arg}"`) : args;
  const { error, status, stdout, stderr } = spawnSync("az", quoted, {
    encoding: "utf8",
    shell: windows,
  });
  if (error !== undefined) {
    console.error("The Azure CLI (az) cannot be started; install it and run az login.");
    process.exit(1);
  }
  return { status, stdout, stderr };
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        workspace: { type: "string" },
        table: { type: "boolean", default: false },
        yes: { type: "boolean", default: false },
      },
    });
    const id = (values.workspace ?? "").replace(/\/+$/, "");
    const pattern =
      /^\/subscriptions\/[\w-]+\/resourceGroups\/[\w.()-]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[\w-]+$/i;
    if (pattern.test(id)) {
      return { ...values, workspace: id };
    }
    console.error(
      "--workspace must be the resource id of a Log Analytics workspace: /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…",
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  console.error(usage);
  process.exit(2);
}
