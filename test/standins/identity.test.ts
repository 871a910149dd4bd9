import { ManagedIdentityCredential } from "@azure/identity";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { audienceOf, claimsOf, startIdentity, type Identity } from "../../standins/identity.ts";

const arm = "https://management.azure.com";
let identity: Identity;

beforeAll(async () => {
  identity = await startIdentity();
  vi.stubEnv("IDENTITY_ENDPOINT", identity.env.IDENTITY_ENDPOINT);
  vi.stubEnv("IDENTITY_HEADER", identity.env.IDENTITY_HEADER);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await identity.stop();
});

/** The client keeps tokens by identity, and the endpoint itself, for the life of the process. */
const newClientId = () => crypto.randomUUID();

const requestsFor = (clientId: string | undefined) =>
  identity.requests.filter((request) => request.clientId === clientId);

const ask = (query: string, header = identity.env.IDENTITY_HEADER) =>
  fetch(`${identity.env.IDENTITY_ENDPOINT}?${query}`, { headers: { "X-IDENTITY-HEADER": header } });

test("Azure's own client gets a token that names the service and the identity", async () => {
  const clientId = newClientId();
  const { token, expiresOnTimestamp } = await new ManagedIdentityCredential({ clientId }).getToken(
    `${arm}/.default`,
  );
  expect(audienceOf(token)).toBe(arm);
  const { appid, exp = 0 } = claimsOf(token) ?? {};
  expect(appid).toBe(clientId);
  // The client counts whole seconds from its own, which may be the next one by then.
  expect([0, 1]).toContain(exp - expiresOnTimestamp / 1000);
  expect(expiresOnTimestamp).toBeGreaterThan(Date.now());
  expect(requestsFor(clientId)).toEqual([{ resource: arm, clientId, status: 200 }]);
});

test("the system-assigned identity needs no client id", async () => {
  const { token } = await new ManagedIdentityCredential().getToken(`${arm}/.default`);
  expect(audienceOf(token)).toBe(arm);
  expect(requestsFor(undefined)).toEqual([{ resource: arm, clientId: undefined, status: 200 }]);
});

test("a wrong header is refused with 401", async () => {
  const response = await ask(`resource=${arm}&api-version=2019-08-01`, "guessed");
  expect(response.status).toBe(401);
  expect(response.headers.get("x-stand-in")).toBe("identity");
});

test.each(["resource=x", "api-version=2019-08-01", "resource=x&api-version=2017-09-01"])(
  "the query ?%s is refused with 400",
  async (query) => {
    expect((await ask(query)).status).toBe(400);
  },
);

test("where one identity is assigned, another one is refused", async () => {
  const only = await startIdentity({ clientId: "known" });
  const get = async (clientId: string) => {
    const query = `resource=${arm}&api-version=2019-08-01&client_id=${clientId}`;
    const headers = { "X-IDENTITY-HEADER": only.env.IDENTITY_HEADER };
    return (await fetch(`${only.env.IDENTITY_ENDPOINT}?${query}`, { headers })).status;
  };
  expect([await get("known"), await get("unknown")]).toEqual([200, 400]);
  await only.stop();
});

test("a failing endpoint comes back, and the client with it", async () => {
  identity.fail({ status: 500 });
  const clientId = newClientId();
  const credential = new ManagedIdentityCredential({ clientId });
  const { token } = await credential.getToken(`${arm}/.default`);
  expect(audienceOf(token)).toBe(arm);
  expect(requestsFor(clientId).map(({ status }) => status)).toEqual([500, 200]);
});

test("an expired token says so", async () => {
  identity.fail({ expired: true });
  const response = await ask(`resource=${arm}&api-version=2019-08-01`);
  const { access_token: token, expires_on: expiresOn } = (await response.json()) as {
    access_token: string;
    expires_on: string;
  };
  expect(claimsOf(token)?.exp).toBe(Number(expiresOn));
  expect(Number(expiresOn) * 1000).toBeLessThan(Date.now());
});

test("a token of somebody else has no claims", () => {
  expect(["", "abc", "a.b.c", `a.${btoa('{"aud":1}')}.c`].map(claimsOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
