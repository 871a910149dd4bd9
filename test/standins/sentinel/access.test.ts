import { ManagedIdentityCredential } from "@azure/identity";
import { afterEach, expect, test, vi } from "vitest";
import { startIdentity } from "../../../standins/identity.ts";
import { incidentId, noon, properties, startArm, workspace, type Arm } from "./arm.ts";

let arm: Arm;
afterEach(() => arm.sentinel.stop());

const claims = { aud: "https://management.azure.com/", exp: noon / 1000 + 60, appid: "app" };
const token = (changes: object = {}) =>
  `e30.${Buffer.from(JSON.stringify({ ...claims, ...changes })).toString("base64url")}.unsigned`;

test("no token is 401", async () => {
  arm = await startArm();
  const { status, body, headers } = await arm.call({ token: undefined });
  expect(status).toBe(401);
  expect(body.error.code).toBe("AuthenticationFailed");
  expect(headers["www-authenticate"]).toContain("Bearer");
});

test("a token for another service, and one of yesterday, are 401", async () => {
  arm = await startArm({ audiences: ["https://management.azure.com"] });
  expect((await arm.call({ token: token() })).status).toBe(200);
  const wrong = await arm.call({ token: token({ aud: "https://api.loganalytics.io" }) });
  expect(wrong.status).toBe(401);
  expect(wrong.body.error.code).toBe("InvalidAuthenticationTokenAudience");
  const old = await arm.call({ token: token({ exp: noon / 1000 - 1 }) });
  expect(old.body.error.code).toBe("ExpiredAuthenticationToken");
  expect((await arm.call({ token: "no-jwt" })).status).toBe(401);
});

test("a missing role is 403, and the answer names the action and the scope", async () => {
  arm = await startArm({ allows: (action) => action.endsWith("/read") });
  expect((await arm.call({ token: token() })).status).toBe(200);
  const call = { method: "PUT", path: `/${incidentId}`, body: { properties } } as const;
  const { status, body } = await arm.call({ ...call, token: token() });
  expect(status).toBe(403);
  expect(body.error.code).toBe("AuthorizationFailed");
  expect(body.error.message).toContain(
    `The client 'app' with object id 'unknown' does not have authorization to perform action ` +
      `'Microsoft.SecurityInsights/incidents/write' over scope '${workspace}'`,
  );
});

test("comments and tasks have actions of their own", async () => {
  const actions: string[] = [];
  arm = await startArm({ allows: (action) => actions.push(action) > 0 });
  await arm.call({ path: `/${incidentId}/tasks` });
  await arm.call({ method: "PUT", path: `/${incidentId}/comments/${incidentId}` });
  await arm.call({ method: "DELETE", path: `/${incidentId}` });
  expect(actions).toEqual([
    "Microsoft.SecurityInsights/incidents/tasks/read",
    "Microsoft.SecurityInsights/incidents/comments/write",
    "Microsoft.SecurityInsights/incidents/delete",
  ]);
});

test("a token of the identity stand-in is accepted", async () => {
  arm = await startArm({ audiences: ["https://management.azure.com"], clock: Date.now });
  const identity = await startIdentity();
  for (const [name, value] of Object.entries(identity.env)) {
    vi.stubEnv(name, value);
  }
  const credential = new ManagedIdentityCredential({ clientId: crypto.randomUUID() });
  const { token: real } = await credential.getToken("https://management.azure.com/.default");
  expect((await arm.call({ token: real })).status).toBe(200);
  vi.unstubAllEnvs();
  await identity.stop();
});

test.each([
  ["", "MissingApiVersionParameter"],
  ["api-version=2024-03-01", "NoRegisteredProviderFound"],
])("the query ?%s is 400", async (query, code) => {
  arm = await startArm();
  const { status, body } = await arm.call({ query });
  expect(status).toBe(400);
  expect(body.error.code).toBe(code);
});
