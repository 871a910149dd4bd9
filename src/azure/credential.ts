import { ManagedIdentityCredential, type TokenCredential } from "@azure/identity";
import type { Settings } from "../settings/settings.ts";

/** The app's managed identity: the one that AZURE_CLIENT_ID names, else its own. */
export function managedIdentity({ clientId }: Pick<Settings, "clientId">): TokenCredential {
  return clientId === null
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}
