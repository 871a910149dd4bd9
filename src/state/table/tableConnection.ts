import { TableClient, type TableServiceClientOptions } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import type { Connection } from "../../azure/connection.ts";
import { retryPolicy } from "../../azure/retry.ts";

const longestAttempt = 30_000;

/** Where the table is; the queue's address does not matter here. */
type TableStorage =
  | { readonly connectionString: string; readonly allowHttp?: boolean }
  | { readonly tableServiceUri: string };

/** A client of a table; nothing is asked of the service yet. */
export function connectTable(
  storage: TableStorage,
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
    ? TableClient.fromConnectionString(storage.connectionString, table, {
        ...options,
        // Settings allow it for an emulator only.
        allowInsecureConnection: storage.allowHttp ?? false,
      })
    : new TableClient(storage.tableServiceUri, table, credential(), options);
}
