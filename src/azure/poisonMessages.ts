import { QueueServiceClient } from "@azure/storage-queue";
import type { TokenCredential } from "@azure/identity";
import { upstreamError } from "./upstream.ts";

const service = { name: "backfill queue", role: "Storage Queue Data Contributor" };

/** A slow count is not worth waiting for. */
const longestWaitMs = 10_000;

type QueueStorage = { readonly connectionString: string } | { readonly queueServiceUri: string };

/**
 * Returns the approximate number of messages in a queue; 0 if the queue does not exist.
 *
 * @throws UpstreamError if the queue cannot be read
 */
export async function countMessages(
  storage: QueueStorage,
  name: string,
  credential: () => TokenCredential,
): Promise<number> {
  const options = { retryOptions: { maxTries: 2, tryTimeoutInMs: longestWaitMs } };
  const client =
    "connectionString" in storage
      ? QueueServiceClient.fromConnectionString(storage.connectionString, options)
      : new QueueServiceClient(storage.queueServiceUri, credential(), options);
  try {
    const { approximateMessagesCount } = await client.getQueueClient(name).getProperties();
    return approximateMessagesCount ?? 0;
  } catch (error) {
    const { statusCode } = error as { readonly statusCode?: unknown };
    if (statusCode === 404) {
      return 0;
    }
    throw upstreamError(service, error);
  }
}
