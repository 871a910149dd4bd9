import {
  QueueServiceClient,
  StorageSharedKeyCredential,
  type QueueClient,
  type StoragePipelineOptions,
} from "@azure/storage-queue";
import { emulatorAccount } from "../azurite.ts";
import type { QueueAddress } from "./functionApp.ts";
import type { Connection } from "./settings.ts";

/** The queues of the accounts that an app uses; one client for each connection. */
export class QueueClients {
  readonly #services = new Map<string, QueueServiceClient>();
  readonly #options: StoragePipelineOptions;

  /** @param ca the PEM certificate that the emulator's is checked with */
  constructor(ca: string | undefined) {
    // The pipeline takes these too, though the package's types do not say so.
    const tls = ca === undefined ? {} : { tlsOptions: { ca } };
    this.#options = { ...tls, retryOptions: { maxTries: 2 } };
  }

  get({ connection, queueName }: QueueAddress): QueueClient {
    const key = JSON.stringify(connection);
    const service = this.#services.get(key) ?? this.#connect(connection);
    this.#services.set(key, service);
    return service.getQueueClient(queueName);
  }

  #connect(connection: Connection): QueueServiceClient {
    if ("connectionString" in connection) {
      return QueueServiceClient.fromConnectionString(connection.connectionString, this.#options);
    }
    // The real host would go in as the app's identity. Only the emulator is reached here, so its key will do.
    const { name, key } = emulatorAccount;
    const credential = new StorageSharedKeyCredential(name, key);
    return new QueueServiceClient(connection.queueUrl, credential, this.#options);
  }
}

export const encode = (text: string | Uint8Array) => Buffer.from(text).toString("base64");

/** The text of a message, or undefined where it is not base64 of UTF-8. */
export function decode(message: string): string | undefined {
  const bytes = Buffer.from(message, "base64");
  if (bytes.toString("base64") !== message.trim()) {
    return undefined;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Where messages go that failed too often. */
export const poisonSuffix = "-poison";

/** As the host does when it writes: makes the queue where it is missing. */
export async function send(queue: QueueClient, encoded: string): Promise<void> {
  try {
    await queue.sendMessage(encoded);
  } catch (error) {
    if (!isMissing(error)) {
      throw error;
    }
    await queue.createIfNotExists();
    await queue.sendMessage(encoded);
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === 404;
}
