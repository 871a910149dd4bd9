import { TableClient, type TableServiceClientOptions } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import type { StateStorage } from "../settings/settings.ts";
import { retryPolicy } from "./retry.ts";

const timeoutMs = 30_000;

/** A client of a table; nothing is asked of the service yet. */
export function connectTable(
  storage: StateStorage,
  table: string,
  credential: () => TokenCredential,
): TableClient {
  const options: TableServiceClientOptions = {
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: retryPolicy(timeoutMs), position: "perRetry" }],
  };
  return "connectionString" in storage
    ? TableClient.fromConnectionString(storage.connectionString, table, options)
    : new TableClient(storage.tableServiceUri, table, credential(), options);
}
