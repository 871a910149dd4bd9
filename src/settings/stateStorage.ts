import { isHttps } from "./schemas.ts";

/** Plain http is only for an emulator: `allowHttp` says that the storage is one. */
export type StateStorage =
  | { readonly connectionString: string; readonly allowHttp: boolean }
  | { readonly tableServiceUri: string; readonly queueServiceUri: string };

export interface StorageTexts {
  readonly connectionString: string | undefined;
  readonly tableServiceUri: string;
  readonly queueServiceUri: string;
}

/** Reads the location of the state. Every problem goes to `report`, without any part of a connection string. */
export function readStateStorage(
  { connectionString: given, tableServiceUri, queueServiceUri }: StorageTexts,
  report: (problem: string) => void,
): StateStorage {
  const connectionString = given?.trim() ?? "";
  const byIdentity = tableServiceUri !== "" || queueServiceUri !== "";
  if (connectionString !== "") {
    if (byIdentity) {
      report("STATE_STORAGE is given as a connection string and as service URIs; one is enough");
    }
    if (!isConnectionString(connectionString)) {
      report("STATE_STORAGE must be the connection string of a storage account");
    }
    const hosts = httpHosts(connectionString);
    const [abroad] = hosts.filter((host) => !isDevelopmentHost(host));
    if (abroad !== undefined) {
      report(
        `STATE_STORAGE uses plain http to ${abroad}, where keys and state could be read on the way: use https; plain http is for an emulator (localhost, azurite, host.docker.internal or a name without a dot)`,
      );
    }
    return { connectionString, allowHttp: hosts.length > 0 };
  }
  if (given !== undefined && byIdentity) {
    report(
      "STATE_STORAGE is empty beside the service URIs: remove it, because the Functions host takes it for a connection string",
    );
  }
  for (const [kind, uri] of [
    ["table", tableServiceUri],
    ["queue", queueServiceUri],
  ] as const) {
    if (uri === "") {
      report(
        `STATE_STORAGE__${kind}ServiceUri is missing, and so is STATE_STORAGE: give a connection string or both service URIs`,
      );
    } else if (!isHttps(uri)) {
      report(`STATE_STORAGE__${kind}ServiceUri must be an https address`);
    }
  }
  return { tableServiceUri, queueServiceUri };
}

/** Accepts a key or a signature. The client library knows no other kinds. */
function isConnectionString(text: string): boolean {
  const has = (...names: readonly string[]) => names.every((name) => valueOf(text, name) !== null);
  return (
    has("UseDevelopmentStorage") ||
    has("DefaultEndpointsProtocol", "AccountName", "AccountKey") ||
    has("TableEndpoint", "SharedAccessSignature")
  );
}

/** Returns the hosts that a connection string reaches over plain http. */
function httpHosts(text: string): readonly string[] {
  if (/^true$/i.test(valueOf(text, "UseDevelopmentStorage") ?? "")) {
    return ["127.0.0.1"];
  }
  const endpoints = ["Table", "Queue", "Blob"].flatMap(
    (kind) => valueOf(text, `${kind}Endpoint`) ?? [],
  );
  const plain = endpoints
    .filter((endpoint) => URL.canParse(endpoint) && new URL(endpoint).protocol === "http:")
    .map((endpoint) => new URL(endpoint).hostname);
  const isBuilt = valueOf(text, "TableEndpoint") === null;
  return isBuilt && /^http$/i.test(valueOf(text, "DefaultEndpointsProtocol") ?? "")
    ? [
        ...plain,
        `${valueOf(text, "AccountName") ?? ""}.table.${valueOf(text, "EndpointSuffix") ?? "core.windows.net"}`,
      ]
    : plain;
}

/** Accepts loopback, the names that containers give an emulator, and names that exist only in a private network. */
function isDevelopmentHost(host: string): boolean {
  const isLoopback = host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
  const isNamed = host === "host.docker.internal" || !/[.:]/.test(host);
  return isLoopback || isNamed;
}

function valueOf(text: string, name: string): string | null {
  return (
    new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*([^;\\s][^;]*)`, "i").exec(text)?.[1]?.trim() ?? null
  );
}
