import { request } from "node:https";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TableClient } from "@azure/data-tables";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { readSettings } from "../../src/settings/settings.ts";

let azure: LocalAzure;

beforeAll(async () => {
  azure = await startLocalAzure({ settings: { INGESTION_SAFETY: "PT0M" } });
}, 30_000);
afterAll(() => azure.stop());

it("gives the app ordinary settings, which it accepts", () => {
  const settings = readSettings(azure.settings);
  expect(settings.workspaces).toEqual([{ name: "default", ...localWorkspace }]);
  expect(settings.logAnalyticsEndpoint).toBe(azure.logs.endpoint);
  expect(settings.resourceManagerEndpoint).toBe(azure.sentinel.url);
  expect(settings.ingestionSafetyMs).toBe(0);
  // The audience of a token follows the cloud, whatever the endpoint is.
  expect(settings.cloud.logAnalytics.audience).toBe("https://api.loganalytics.io");
});

it("has a table service that keeps what it is given", async () => {
  const client = TableClient.fromConnectionString(azure.azurite.connectionString, "Tried", {
    allowInsecureConnection: true,
  });
  await client.createTable();
  await client.createEntity({ partitionKey: "p", rowKey: "r", text: "kept" });
  expect(await client.getEntity("p", "r")).toMatchObject({ text: "kept" });
});

it("lets nobody in without a token, or with one for somebody else", async () => {
  const url = `${azure.logs.endpoint}/v1/workspaces/${localWorkspace.workspaceId}/query`;
  const statusOf = (authorization?: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const asked = request(url, {
        method: "POST",
        ca: azure.certificate.cert,
        headers: authorization === undefined ? headers : { ...headers, authorization },
      });
      asked.on("error", reject).on("response", (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.end(JSON.stringify({ query: "SigninLogs | take 1" }));
    });
  expect(await statusOf()).toBe(401);
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: secret } = azure.identity.env;
  const tokenUrl = `${endpoint}?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com`;
  const answer = await fetch(tokenUrl, { headers: { "x-identity-header": secret } });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  expect(await statusOf(`Bearer ${token}`)).toBe(403);
});

it("ends what it has started, also where a part did not start", async () => {
  const another = await startLocalAzure();
  await another.stop();
  await expect(fetch(another.identity.env.IDENTITY_ENDPOINT)).rejects.toThrow("fetch failed");
  // Twice does no harm.
  await another.stop();
  await expect(another.startHost({ STATE_STORAGE: "" })).rejects.toThrow();
}, 30_000);
