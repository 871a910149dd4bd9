/** What the template would make of each file of parameters: the goldens, looked at for what must always hold. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/settings/settings.ts";

interface Resource {
  readonly id: string;
  readonly type: string;
  readonly sku?: { readonly name: string };
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Snapshot {
  readonly predictedResources: readonly Resource[];
  readonly diagnostics: readonly unknown[];
  readonly outputs: Readonly<Record<string, string>>;
}

const kinds = readdirSync("infra/parameters")
  .filter((name) => name.endsWith(".bicepparam"))
  .map((name) => name.replace(".bicepparam", ""));
const snapshot = (kind: string) =>
  JSON.parse(readFileSync(`infra/parameters/${kind}.snapshot.json`, "utf8")) as Snapshot;
const ofType = (kind: string, type: string) =>
  snapshot(kind).predictedResources.filter(
    (each) => each.type.toLowerCase() === type.toLowerCase(),
  );
const only = (kind: string, type: string) => {
  const found = ofType(kind, type);
  expect(found).toHaveLength(1);
  return found[0]?.properties ?? {};
};

/** The app's settings as they would be, with an example for what only Azure knows. */
function settingsOf(kind: string): Readonly<Record<string, string>> {
  const known: readonly (readonly [RegExp, string])[] = [
    [/customerId$/, "00000000-0000-0000-0000-0000000000cc"],
    [/clientId$/, "00000000-0000-0000-0000-0000000000dd"],
    [/principalId$/, "00000000-0000-0000-0000-0000000000ee"],
    [/primaryEndpoints\.(\w+)$/, "https://stexample.$1.core.windows.net/"],
    [/ConnectionString$/, "InstrumentationKey=00000000-0000-0000-0000-000000000000"],
    [/endpoints\.logsIngestion/, "https://example.westeurope-1.ingest.monitor.azure.com"],
    [/immutableId/, `dcr-${"0".repeat(32)}`],
  ];
  let workspaces = 0;
  const evaluate = (text: string): string => {
    const list = /^\[string\(createArray\((.*)\)\)\]$/.exec(text)?.[1];
    if (list !== undefined) {
      const names = [...list.matchAll(/'name', '([^']+)'/g)].map(([, name]) => name);
      const ids = [...list.matchAll(/'resourceId', '([^']+)'/g)].map(([, id]) => id);
      return JSON.stringify(
        names.map((name, index) => ({
          name,
          workspaceId: `00000000-0000-0000-0000-0000000000c${++workspaces}`,
          resourceId: ids[index],
        })),
      );
    }
    const expression = /^\[(.*)\]$/.exec(text)?.[1];
    if (expression === undefined) {
      return text;
    }
    const path = expression
      .replace(/^coalesce\((.*), ''\)$/, "$1")
      .replace(/^format\(.*?, (.*)\)$/, "$1");
    for (const [pattern, value] of known) {
      const match = pattern.exec(path);
      if (match !== null) {
        return value.replace("$1", match[1] ?? "");
      }
    }
    throw new Error(`nothing is known of ${text}`);
  };
  const given = only(kind, "Microsoft.Web/sites/config") as Readonly<Record<string, string>>;
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, evaluate(text)]));
}

test("there is a snapshot of each kind that matters, and the compiler had nothing to say", () => {
  expect(kinds.toSorted()).toEqual([
    "default",
    "gov",
    "least-privilege",
    "multi-workspace",
    "private",
  ]);
  expect(kinds.flatMap((kind) => snapshot(kind).diagnostics)).toEqual([]);
});

describe.each(kinds)("%s", (kind) => {
  test("gives settings that the app takes", () => {
    const settings = readSettings(settingsOf(kind));
    expect(settings.workspaces).toHaveLength(kind === "multi-workspace" ? 3 : 1);
    expect(settings.clientId).not.toBeNull();
    expect(settings.dryRun).toBe(kind === "least-privilege");
    expect(settings.stateStorage).toHaveProperty("tableServiceUri");
  });

  test("accepts no key anywhere, no plain http, no deployment by password", () => {
    expect(only(kind, "Microsoft.Storage/storageAccounts")).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: "TLS1_2",
    });
    expect(only(kind, "Microsoft.Insights/components")).toMatchObject({ DisableLocalAuth: true });
    expect(only(kind, "Microsoft.Web/sites")).toMatchObject({ httpsOnly: true });
    const passwords = ofType(kind, "Microsoft.Web/sites/basicPublishingCredentialsPolicies");
    expect(passwords.map(({ properties }) => properties)).toEqual([
      { allow: false },
      { allow: false },
    ]);
  });

  test("makes container, queues and table beforehand, so that the app makes nothing", () => {
    const made = [
      "blobServices/containers",
      "queueServices/queues",
      "tableServices/tables",
    ].flatMap((part) => ofType(kind, `Microsoft.Storage/storageAccounts/${part}`));
    expect(made.map(({ id }) => id.split("/").at(-1))).toEqual([
      "app-package",
      "mfa-deny-backfill",
      "mfa-deny-backfill-poison",
      "MfaDenyState",
    ]);
  });

  test("signs in as one identity, by connection, and leaves no empty connection beside it", () => {
    const settings = settingsOf(kind);
    for (const connection of ["AzureWebJobsStorage", "STATE_STORAGE"]) {
      expect(settings[`${connection}__credential`]).toBe("managedidentity");
      expect(settings[`${connection}__clientId`]).toBe(settings["AZURE_CLIENT_ID"]);
      expect(settings).not.toHaveProperty([connection]);
    }
    expect(Object.values(settings)).not.toContain("");
  });

  test("has no secret among its outputs", () => {
    expect(Object.keys(snapshot(kind).outputs).toSorted()).toEqual([
      "ANALYTICS_RULE_ID",
      "AZURE_FUNCTION_NAME",
      "HEALTH_URL",
      "IDENTITY_CLIENT_ID",
    ]);
  });

  test("watches the app where its logs are, and the log where it is", () => {
    const rules = ofType(kind, "Microsoft.Insights/scheduledQueryRules");
    const groups = rules.map(({ id }) => /resourceGroups\/([^/]+)/.exec(id)?.[1]);
    const atWorkspace = kind === "least-privilege" ? 2 : 3;
    expect(groups.filter((group) => group === "rg-mfa-deny")).toHaveLength(5);
    expect(groups.filter((group) => group === "rg-security")).toHaveLength(atWorkspace);
  });
});

describe("the whole template", () => {
  const template = readFileSync("infra/azuredeploy.json", "utf8");

  test("asks for no key of anything, and takes no secret", () => {
    expect(template).not.toMatch(/listKeys|listAccountSas|secure(?:string|object)|AccountKey/i);
  });

  test("makes the table before the data collection rule, and that before the analytics rule", () => {
    const { resources } = (
      JSON.parse(template) as {
        resources: {
          findings: {
            properties: {
              template: { resources: Record<string, { dependsOn?: readonly string[] }> };
            };
          };
        };
      }
    ).resources.findings.properties.template;
    expect(resources["collection"]?.dependsOn).toContain("table");
    expect(resources["rule"]?.dependsOn).toContain("collection");
  });
});

describe("the plans", () => {
  test("Flex Consumption runs Node 24, and gets neither runtime nor package from settings", () => {
    expect(ofType("default", "Microsoft.Web/serverfarms")[0]?.sku?.name).toBe("FC1");
    expect(only("default", "Microsoft.Web/sites")).toMatchObject({
      functionAppConfig: {
        runtime: { name: "node", version: "24" },
        deployment: { storage: { authentication: { type: "UserAssignedIdentity" } } },
      },
    });
    const names = Object.keys(settingsOf("default"));
    expect(names).not.toContain("FUNCTIONS_WORKER_RUNTIME");
    expect(names).not.toContain("WEBSITE_RUN_FROM_PACKAGE");
    expect(only("default", "Microsoft.Web/sites/extensions")).toMatchObject({ remoteBuild: false });
  });

  test("Azure Government has a Premium plan that runs the package, and its own cloud", () => {
    expect(ofType("gov", "Microsoft.Web/serverfarms")[0]?.sku?.name).toBe("EP1");
    const settings = settingsOf("gov");
    expect(settings).toMatchObject({ AZURE_CLOUD: "usgov", FUNCTIONS_WORKER_RUNTIME: "node" });
    expect(settings["WEBSITE_RUN_FROM_PACKAGE"]).toMatch(/^https:\/\/.*\.zip$/);
    expect(ofType("gov", "Microsoft.Web/sites/extensions")).toEqual([]);
  });
});

describe("a private network", () => {
  test("closes storage and app to everybody else", () => {
    expect(only("private", "Microsoft.Storage/storageAccounts")).toMatchObject({
      publicNetworkAccess: "Disabled",
    });
    expect(only("private", "Microsoft.Web/sites")).toMatchObject({
      publicNetworkAccess: "Disabled",
      virtualNetworkSubnetId: expect.stringMatching(/\/subnets\/app$/),
    });
    expect(ofType("private", "Microsoft.Network/privateDnsZones")).toHaveLength(4);
    const reached = ofType("private", "Microsoft.Network/privateEndpoints").flatMap(
      ({ properties }) => JSON.stringify(properties).match(/(?<="groupIds":\[")\w+/g) ?? [],
    );
    expect(reached).toEqual(["blob", "queue", "table", "sites"]);
  });

  test("is not made where nobody asked for it", () => {
    expect(ofType("default", "Microsoft.Network/virtualNetworks")).toEqual([]);
  });
});

describe("rights", () => {
  const onWorkspaces = (kind: string) =>
    ofType(kind, "Microsoft.Authorization/roleAssignments").filter(({ id }) =>
      /\/workspaces\/law-[^/]+\/providers/.test(id),
    );

  test("are given on every workspace, in its own subscription, to an identity that was there", () => {
    const subscriptions = onWorkspaces("multi-workspace").map(({ id }) => id.split("/")[2]?.at(-1));
    expect(subscriptions).toEqual(["a", "b", "c"]);
    expect(ofType("multi-workspace", "Microsoft.ManagedIdentity/userAssignedIdentities")).toEqual(
      [],
    );
  });

  test("are a separate role for least privilege", () => {
    const [role] = ofType("least-privilege", "Microsoft.Authorization/roleDefinitions");
    const [assignment] = onWorkspaces("least-privilege");
    expect(assignment?.properties?.["roleDefinitionId"]).toBe(role?.id);
    const actions = JSON.parse(readFileSync("infra/leastPrivilegeRole.json", "utf8")) as unknown;
    expect(role?.properties?.["permissions"]).toMatchObject([{ actions, dataActions: [] }]);
    expect(ofType("default", "Microsoft.Authorization/roleDefinitions")).toEqual([]);
  });
});
