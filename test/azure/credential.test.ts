import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { appCredential } from "../../src/azure/credential.ts";
import { clouds } from "../../src/settings/clouds.ts";
import { audienceOf, startIdentity } from "../../standins/identity.ts";

const settings = { clientId: null, cloud: clouds.public };
const scope = "https://management.azure.com/.default";

afterEach(() => vi.unstubAllEnvs());

test("in Azure the token is the managed identity's", async () => {
  const identity = await startIdentity();
  vi.stubEnv("IDENTITY_ENDPOINT", identity.env.IDENTITY_ENDPOINT);
  vi.stubEnv("IDENTITY_HEADER", identity.env.IDENTITY_HEADER);
  const token = await appCredential(settings, identity.env).getToken(scope);
  expect(audienceOf(token?.token ?? "")).toBe("https://management.azure.com");
  expect(identity.requests).toHaveLength(1);
  await identity.stop();
});

test("off Azure the token is that of the user signed in with az", async () => {
  const folder = await mkdtemp(join(tmpdir(), "az-"));
  const answer = JSON.stringify({
    accessToken: "token-of-az",
    expires_on: Math.floor(Date.now() / 1000) + 3_600,
    expiresOn: "2030-01-01 00:00:00.000000",
  });
  await writeFile(join(folder, "az"), `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`);
  await chmod(join(folder, "az"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"] ?? ""}`);
  // Without it the chain asks the network for a virtual machine's identity first.
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential");
  const token = await appCredential(settings, {}).getToken(scope);
  expect(token?.token).toBe("token-of-az");
  await rm(folder, { recursive: true });
});
