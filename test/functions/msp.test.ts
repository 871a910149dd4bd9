/** The example of a provider with three customers, in the local Azure. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableWatchlists } from "../../src/state/table/tableWatchlists.ts";
import type { FunctionsHost } from "../../standins/functionsHost/startFunctionsHost.ts";
import { startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { alice, approved, bob, denialRow, noResponse, row, time } from "../builders.ts";
import { refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { bundleApp } from "./appUnderTest.ts";

const folder = resolve("examples/msp");
const customers = JSON.parse(readFileSync(`${folder}/workspaces.json`, "utf8")) as readonly {
  readonly workspaceId: string;
}[];
const [contoso = "", fabrikam = "", tailwind = ""] = customers.map(
  ({ workspaceId }) => workspaceId,
);
/** One customer let in an identity of its own. */
const clientId = "00000000-0000-0000-0000-0000000000c1";
const workspaces = JSON.stringify(
  customers.map((each) => (each.workspaceId === fabrikam ? { ...each, clientId } : each)),
);

let app: Awaited<ReturnType<typeof bundleApp>>;
let azure: LocalAzure;
let host: FunctionsHost;

beforeAll(async () => {
  app = await bundleApp();
  azure = await startLocalAzure({
    clock: () => time("10:00"),
    main: app.main,
    tables: { "watchlist VIPUsers": { SearchKey: "string", UPN: "string" } },
  });
  const signIns = (workspaceId: string, rows: Parameters<typeof publish>[0]) =>
    azure.logs.publish(workspaceId, "SigninLogs", publish(rows));
  azure.logs.publish(contoso, "watchlist VIPUsers", [
    { publishedAt: time("08:00"), row: { SearchKey: alice.name, UPN: alice.name } },
  ]);
  signIns(contoso, [...refusals("09:10", 3), ...refusals("09:20", 4, bob)]);
  signIns(fabrikam, [
    ...refusals("09:30", 4, bob),
    ...Array.from({ length: 8 }, (_, index) => {
      const at = `09:4${index}`;
      return row({ at, steps: [noResponse(at)], user: alice });
    }),
  ]);
  signIns(tailwind, [
    ...refusals("09:40", 5),
    row({ at: "09:46", resultType: "0", steps: [approved("09:46")] }),
    denialRow("09:50", { user: bob }),
  ]);
  host = await startHost({ RULES_FILE: "rules.yaml" });
}, 90_000);
afterAll(async () => {
  await host.stop();
  await azure.stop();
  await app.remove();
});

async function startHost(settings: Readonly<Record<string, string>>): Promise<FunctionsHost> {
  const started = await azure.startHost({
    STATE_TABLE: "Msp",
    INCIDENT_SINKS: "sentinel,logs",
    LOG_ANALYTICS_WORKSPACE_ID: "",
    SENTINEL_WORKSPACE_RESOURCE_ID: "",
    WORKSPACES: workspaces,
    AzureWebJobsScriptRoot: folder,
    ...settings,
  });
  started.moveClock(time("10:00"));
  return started;
}

type Line = Readonly<Record<string, unknown>>;

function linesOf(event: string): readonly Line[] {
  return host.logs
    .map(({ message }) => message)
    .filter((message) => message.startsWith(`{"event":"${event}"`))
    .map((message) => JSON.parse(message) as Line);
}

test("finds for each customer by its own rules, watchlist and exclusions", async () => {
  await host.fireTimer("detect");
  const found = azure.sentinel
    .incidents()
    .map(({ properties: { title, severity, labels } }) => [
      title,
      severity,
      labels.map(({ labelName }) => labelName).filter((label) => /^(?:vip|explicit)/.test(label)),
    ]);
  expect(found.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    // Contoso's VIP, by three refusals; four of somebody else are too few there.
    [`MFA push attack on ${alice.name}`, "High", ["vip"]],
    // Fabrikam asks for four.
    [`MFA push attack on ${bob.name}`, "Medium", ["explicit-mfa-deny"]],
  ]);
  // One table holds the findings of all, and says of each where it was found.
  const findings = azure.ingestion.uploads.flatMap(({ rows }) => rows);
  const places = findings.map(
    (each) => `${String(each["WorkspaceName"])} ${String(each["WorkspaceId"])}`,
  );
  expect(new Set(places)).toEqual(new Set([`contoso ${contoso}`, `fabrikam ${fabrikam}`]));
  // Tailwind's test account is left out, but it approved in the end.
  expect(linesOf("excluded burst ended badly")).toMatchObject([
    {
      workspaceId: tailwind,
      rule: "explicit-mfa-deny",
      excludedBy: ["explicit-mfa-deny exclude[0]"],
      reasons: ["A test account"],
      denials: 5,
    },
  ]);
  const runs = linesOf("detection run");
  expect(runs.find(({ workspace }) => workspace === "tailwind")).toMatchObject({
    excluded: { "explicit-mfa-deny exclude[0]": 5 },
    reasons: { excluded: 1 },
    notOpened: 1,
  });
  // What Fabrikam tries out is counted there, and opened nowhere.
  expect(runs.find(({ workspace }) => workspace === "fabrikam")).toMatchObject({
    opened: 1,
    reasons: { shadow: 1 },
    notOpened: 1,
  });
  expect(runs.find(({ workspace }) => workspace === "contoso")).toMatchObject({ notOpened: 0 });
}, 90_000);

test("reads and writes a customer's workspace as the identity that the customer let in", () => {
  const askedAs = (identity: string | undefined) =>
    new Set(
      azure.identity.requests
        .filter((each) => each.clientId === identity)
        .map(({ resource }) => new URL(resource).host),
    );
  expect(askedAs(clientId)).toEqual(new Set(["api.loganalytics.io", "management.azure.com"]));
  // The table of all findings is the provider's.
  expect(askedAs(undefined)).toContain("monitor.azure.com");
});

test("keeps the VIPs that it knew while their list cannot be read, and says so", async () => {
  azure.logs.disconnect(contoso, "watchlist VIPUsers");
  host.moveClock(time("10:05"));
  await host.fireTimer("detect");
  expect(linesOf("watchlist not read")).toMatchObject([
    { workspaceId: contoso, watchlist: "VIPUsers", column: "UPN" },
  ]);
  const health = (await (await host.request({ url: "/api/health" })).json()) as {
    readonly workspaces: readonly { readonly name: string; readonly warnings: readonly string[] }[];
  };
  const [{ warnings } = { warnings: [] }] = health.workspaces;
  expect(warnings.join("\n")).toContain("The watchlist VIPUsers (UPN) cannot be read");
}, 90_000);

test("forgets a watchlist with the daily maintenance once no rule uses it", async () => {
  const stored = () =>
    new TableWatchlists(
      connectTable(
        { connectionString: azure.azurite.connectionString, allowHttp: true },
        "Msp",
        () => {
          throw new Error("storage has a key");
        },
      ),
      contoso,
    ).readWatchlists();
  await host.fireTimer("maintenance");
  expect(await stored()).toMatchObject([{ watchlist: "VIPUsers", column: "UPN" }]);
  const without = await startHost({ RULES_FILE: "", DETECTION_RULES: "explicit-mfa-deny" });
  await without.fireTimer("maintenance");
  expect(await stored()).toEqual([]);
}, 90_000);
