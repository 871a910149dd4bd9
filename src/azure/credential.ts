import { ManagedIdentityCredential, type TokenCredential } from "@azure/identity";
import type { Settings } from "../settings/settings.ts";

type IdentitySettings = Pick<Settings, "clientId" | "cloud">;

/**
 * Returns the identity of the app. In Azure (which sets IDENTITY_ENDPOINT) it is a managed identity: the one that
 * AZURE_CLIENT_ID names, or else the app's own. Anywhere else it is whoever is signed in on this machine.
 */
export function appCredential(
  settings: IdentitySettings,
  environment: Readonly<Record<string, string | undefined>>,
): TokenCredential {
  return (environment["IDENTITY_ENDPOINT"] ?? "") === ""
    ? developer(settings)
    : managedIdentity(settings);
}

function managedIdentity({ clientId }: IdentitySettings): TokenCredential {
  return clientId === null
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}

/** Loaded with the first token, from a separate bundle, so that a timer run in Azure loads little. */
function developer(settings: IdentitySettings): TokenCredential {
  let made: Promise<TokenCredential> | null = null;
  return {
    async getToken(scopes, options) {
      made ??= import("./developerCredential.ts").then(({ developerCredential }) =>
        developerCredential(settings),
      );
      return (await made).getToken(scopes, options);
    },
  };
}
