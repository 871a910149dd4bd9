import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { guid, incidentId, noon, properties, startArm, workspace, type Arm } from "./arm.ts";

let arm: Arm;
beforeEach(async () => {
  arm = await startArm();
});
afterEach(() => arm.sentinel.stop());

const path = `/${incidentId}`;
const put = (changes: object = {}, etag?: string) =>
  arm.call({ method: "PUT", path, body: { etag, properties: { ...properties, ...changes } } });

test("a new incident is 201, and the service adds what is its own", async () => {
  const { status, body, headers } = await put({ labels: [{ labelName: "mfa-deny" }] });
  expect(status).toBe(201);
  expect(headers["x-stand-in"]).toBe("sentinel");
  expect(headers["etag"]).toBeUndefined();
  expect(body).toMatchObject({
    id: `${workspace}/providers/Microsoft.SecurityInsights/Incidents/${incidentId}`,
    name: incidentId,
    type: "Microsoft.SecurityInsights/Incidents",
    etag: expect.stringMatching(/^"[0-9a-f-]{36}"$/),
    properties: {
      ...properties,
      description: null,
      labels: [{ labelName: "mfa-deny", labelType: "User" }],
      owner: { objectId: null, email: null, userPrincipalName: null, assignedTo: null },
      createdTimeUtc: new Date(noon).toISOString(),
      lastModifiedTimeUtc: new Date(noon).toISOString(),
      incidentNumber: 1,
      incidentUrl: expect.stringContaining(incidentId),
      providerName: "Azure Sentinel",
      providerIncidentId: "1",
      relatedAnalyticRuleIds: [],
      additionalData: { alertsCount: 0, commentsCount: 0 },
    },
  });
  expect((await arm.call({ path })).body).toEqual(body);
});

test("an update with the newest etag is 200, keeps number and creation, and changes the etag", async () => {
  const first = (await put()).body;
  arm.clock.now += 60_000;
  const { status, body } = await put({ title: "More denied prompts" }, first.etag);
  expect(status).toBe(200);
  expect(body.etag).not.toBe(first.etag);
  expect(body.properties).toMatchObject({
    title: "More denied prompts",
    incidentNumber: 1,
    createdTimeUtc: "2026-03-02T12:00:00.000Z",
    lastModifiedTimeUtc: "2026-03-02T12:01:00.000Z",
  });
});

test("a stale etag is 409 in the body's terms, and changes nothing", async () => {
  const first = (await put()).body;
  arm.sentinel.edit(incidentId, { status: "Active" });
  const { status, body } = await put({ title: "Overwritten" }, first.etag);
  expect(status).toBe(409);
  expect(body.error.code).toBe("Conflict");
  expect(body.error.message).toContain(`New version of resource '${incidentId}' exists`);
  expect(arm.sentinel.incidents()[0]?.properties).toMatchObject({
    title: "Denied prompts",
    status: "Active",
  });
});

test("an update resets what it leaves out, the analyst's owner too", async () => {
  await put({ description: "text", labels: [{ labelName: "a" }] });
  const { etag } = arm.sentinel.edit(incidentId, { owner: { assignedTo: "Ada" } });
  const { properties: after } = (await put({}, etag)).body;
  expect(after).toMatchObject({ description: null, labels: [], owner: { assignedTo: null } });
});

test("an analyst's edit keeps everything else", async () => {
  await put({ description: "text" });
  arm.sentinel.edit(incidentId, { severity: "Low" });
  expect((await arm.call({ path })).body.properties).toMatchObject({
    description: "text",
    severity: "Low",
  });
});

test("read-only properties that come back with an update are ignored", async () => {
  const { body } = await put();
  const changed = { ...body.properties, incidentNumber: 99, providerName: "me" };
  expect((await put(changed, body.etag)).body.properties).toMatchObject({
    incidentNumber: 1,
    providerName: "Azure Sentinel",
  });
});

test("an update without etag overwrites, or conflicts if so configured", async () => {
  await put();
  expect((await put({ title: "Second" })).status).toBe(200);
  const strict = await startArm({ blindPut: "conflict" });
  const again = { method: "PUT", path, body: { properties } } as const;
  expect((await strict.call(again)).status).toBe(201);
  expect((await strict.call(again)).status).toBe(409);
  await strict.sentinel.stop();
});

describe("an incident is refused with 400", () => {
  test.each([
    ["without title", { title: undefined }, "properties.title"],
    ["with a blank title", { title: " " }, "properties.title: must not be empty"],
    ["without severity", { severity: undefined }, "properties.severity"],
    ["with an unknown severity", { severity: "Critical" }, "properties.severity"],
    ["with an unknown status", { status: "Open" }, "properties.status"],
    ["with labels that are text", { labels: ["a"] }, "properties.labels.0"],
    ["with a description of 5,001 characters", { description: "x".repeat(5_001) }, "description"],
    ["closed without classification", { status: "Closed" }, "needs a classification"],
    [
      "with an unknown classification",
      { status: "Closed", classification: "Fine" },
      "properties.classification",
    ],
    ["with a time that is none", { firstActivityTimeUtc: "yesterday" }, "firstActivityTimeUtc"],
  ])("%s", async (_, changes, message) => {
    const { status, body } = await put(changes);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: "BadRequest",
      message: expect.stringContaining(message),
    });
    expect(arm.sentinel.incidents()).toEqual([]);
  });

  test("without properties, or that is not JSON", async () => {
    expect((await arm.call({ method: "PUT", path, body: {} })).status).toBe(400);
    expect((await arm.call({ method: "PUT", path, body: "{" })).status).toBe(400);
  });
});

test("what is at the limits is taken", async () => {
  const closed = { status: "Closed", classification: "TruePositive" };
  const { status } = await put({ ...closed, description: "x".repeat(5_000) });
  expect(status).toBe(201);
});

test("a missing incident is 404, and its name must be a GUID", async () => {
  const { status, body } = await arm.call({ path });
  expect(status).toBe(404);
  expect(body.error.code).toBe("ResourceNotFound");
  expect((await arm.call({ path: "/incident-1" })).status).toBe(400);
  expect((await arm.call({ path: `${path}/relations/1` })).status).toBe(404);
});

test("a deleted incident is gone with its comments; deleting it again is 204", async () => {
  await put();
  const comment = `${path}/comments/${guid(1)}`;
  await arm.call({ method: "PUT", path: comment, body: { properties: { message: "m" } } });
  expect((await arm.call({ method: "DELETE", path })).status).toBe(200);
  expect((await arm.call({ method: "DELETE", path })).status).toBe(204);
  expect((await arm.call({ path: comment })).status).toBe(404);
  await put();
  expect(arm.sentinel.comments(incidentId)).toEqual([]);
});

test("a list comes in pages that link to the next", async () => {
  for (const n of [1, 2, 3]) {
    await arm.call({ method: "PUT", path: `/${guid(n)}`, body: { properties } });
  }
  const first = (await arm.call({ query: "api-version=2025-09-01&$top=2" })).body;
  expect(first.value).toMatchObject([{ name: guid(1) }, { name: guid(2) }]);
  const second = (await arm.call({ path: first.nextLink })).body;
  expect(second.value).toMatchObject([{ name: guid(3) }]);
  expect(second.nextLink).toBeUndefined();
});

test("filters are refused, since ignoring them would lie", async () => {
  const query = "api-version=2025-09-01&$filter=properties/status eq 'New'";
  expect((await arm.call({ query })).status).toBe(400);
});

test("where there is one workspace, another one is 404", async () => {
  const only = await startArm({ workspace: workspace.toUpperCase() });
  expect((await only.call({})).status).toBe(200);
  const other = `${workspace}2/providers/Microsoft.SecurityInsights/incidents`;
  expect((await only.call({ path: other })).status).toBe(404);
  await only.sentinel.stop();
});

test("requests are recorded with their answers, but without tokens", async () => {
  await arm.call({ path, token: "secret" });
  expect(arm.sentinel.requests).toMatchObject([{ method: "GET", status: 404, body: undefined }]);
  expect(JSON.stringify(arm.sentinel.requests)).not.toContain("secret");
});
