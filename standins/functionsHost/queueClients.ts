import {
  QueueServiceClient,
  StorageSharedKeyCredential,
  type QueueClient,
  type StoragePipelineOptions,
} from "@azure/storage-queue";
import { emulatorAccount } from "../azurite.ts";
import type { QueueAddress } from "./functionApp.ts";
import type { Connection } from "./settings.ts";

/** The queues of the accounts that an app uses, with one client per connection. */
export class QueueClients {
  readonly #services = new Map<string, QueueServiceClient>();
  readonly #options: StoragePipelineOptions;

  /** @param ca the PEM certificate that the emulator must have */
  constructor(ca: string | undefined) {
    // The pipeline accepts these too, although the package's types do not say so.
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
    // The real host would use the app's identity. This one reaches only the emulator, so its key is enough.
    const { name, key } = emulatorAccount;
    const credential = new StorageSharedKeyCredential(name, key);
    return new QueueServiceClient(connection.queueUrl, credential, this.#options);
  }
}

export const encode = (text: string | Uint8Array) => Buffer.from(text).toString("base64");

/** Returns the text of a message; undefined if it is not base64 of UTF-8. */
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

/** The suffix of queues for messages that failed too often. */
export const poisonSuffix = "-poison";

/** Sends a message. Like the host, creates the queue if it is missing. */
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
