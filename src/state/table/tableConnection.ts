import { TableClient, type TableServiceClientOptions } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import type { Connection } from "../../azure/connection.ts";
import { retryPolicy } from "../../azure/retry.ts";

const longestAttempt = 30_000;

/** The location of the table. The queue's address is not needed. */
type TableStorage =
  | { readonly connectionString: string; readonly allowHttp?: boolean }
  | { readonly tableServiceUri: string };

/** Returns a client of a table. It sends no request yet. */
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
