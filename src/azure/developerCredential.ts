import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import type { Settings } from "../settings/settings.ts";

/**
 * Returns the identity signed in on a developer's machine or a build agent. It tries the environment, workload
 * identity, `az login`, `azd auth login`, Azure PowerShell, and last the identity of a virtual machine.
 */
export function developerCredential({
  clientId,
  cloud,
}: Pick<Settings, "clientId" | "cloud">): TokenCredential {
  return new DefaultAzureCredential({
    authorityHost: cloud.authorityHost,
    ...(clientId === null ? {} : { managedIdentityClientId: clientId }),
  });
}
