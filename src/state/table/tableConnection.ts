import { TableClient, type TableServiceClientOptions } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import type { StateStorage } from "../../settings/settings.ts";
import type { Connection } from "../../azure/connection.ts";
import { retryPolicy } from "../../azure/retry.ts";

const longestAttempt = 30_000;

/** A client of a table; nothing is asked of the service yet. */
export function connectTable(
  storage: StateStorage,
  table: string,
  credential: () => TokenCredential,
  { tlsOptions, timeoutMs = longestAttempt, retries }: Connection = {},
): TableClient {
  const options: TableServiceClientOptions = {
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: retryPolicy({ timeoutMs, retries }), position: "perRetry" }],
    ...(tlsOptions === undefined ? {} : { tlsOptions }),
  };
  return "connectionString" in storage
    ? TableClient.fromConnectionString(storage.connectionString, table, options)
    : new TableClient(storage.tableServiceUri, table, credential(), options);
}
