import { setTimeout as sleep } from "node:timers/promises";
import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import type { QueueSettings } from "./hostJson.ts";
import { decode, isMissing, poisonSuffix, send } from "./queueClients.ts";
import type { TypedData } from "./rpc.ts";
import { WorkerExit } from "./workerProcess.ts";

export interface QueueTiming {
  /** The time between two checks of an empty queue, in milliseconds. In the real host it grows to a minute. */
  readonly pollMs: number;
  /**
   * How long a message is hidden while its function runs, in milliseconds (whole seconds). Renewed after half the
   * time.
   */
  readonly lockMs: number;
}

export interface QueueListenerOptions extends QueueSettings, QueueTiming {
  readonly queue: QueueClient;
  /** Undefined if the queue itself is a poison queue. */
  readonly poison: QueueClient | undefined;
  readonly invoke: (data: TypedData, metadata: Record<string, TypedData>) => Promise<void>;
  readonly report: (level: "warning" | "error", message: string) => void;
}

/** The maximum that the service returns at once. */
const largestBatch = 32;

/**
 * Passes a queue's messages to its function, like the host: hidden while it runs, deleted after success, visible
 * again after a failure, and moved away after the last attempt.
 */
export class QueueListener {
  readonly #options: QueueListenerOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: QueueListenerOptions) {
    this.#options = options;
  }

  get queue(): QueueClient {
    return this.#options.queue;
  }

  start(): void {
    this.#loop = this.#listen();
  }

  /** Stops taking messages, and waits for those in progress. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.all(this.#running);
  }

  async #listen(): Promise<void> {
    const { pollMs, newBatchThreshold } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const messages = await this.#receive();
      for (const message of messages) {
        this.#start(message);
      }
      while (this.#running.size > newBatchThreshold) {
        await Promise.race(this.#running);
      }
      if (messages.length === 0) {
        await sleep(pollMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #receive(): Promise<readonly DequeuedMessageItem[]> {
    const { queue, batchSize, lockMs, report } = this.#options;
    try {
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: Math.min(batchSize, largestBatch),
        visibilityTimeout: Math.ceil(lockMs / 1000),
      });
      return receivedMessageItems;
    } catch (error) {
      // A trigger does not create its queue. It waits until somebody else has.
      if (!isMissing(error)) {
        report("error", `Queue ${queue.name} cannot be read: ${String(error)}`);
      }
      return [];
    }
  }

  #start(message: DequeuedMessageItem): void {
    const { queue, report } = this.#options;
    const work = this.#process(message)
      .catch((error: unknown) => {
        report("error", `Message ${message.messageId} of queue ${queue.name}: ${String(error)}`);
      })
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #process(message: DequeuedMessageItem): Promise<void> {
    const { queue, poison, maxDequeueCount, visibilityTimeoutMs, lockMs, invoke } = this.#options;
    const text = decode(message.messageText);
    const lock = new Lock(queue, message, lockMs);
    if (text === undefined || message.dequeueCount > maxDequeueCount) {
      lock.end();
      await this.#discard(message, lock, text === undefined ? "It is not base64." : "");
      return;
    }
    try {
      await invoke({ string: text }, toMetadata(message, text));
    } catch (error) {
      lock.end();
      // In Azure nobody could report this either. The message returns when its lock expires.
      if (error instanceof WorkerExit) {
        return;
      }
      // A poison queue has no poison queue of its own. Releasing its messages at once would cause a fast loop.
      if (!poison) {
        return;
      }
      if (message.dequeueCount >= maxDequeueCount) {
        await this.#discard(message, lock, "");
      } else {
        await lock.release(visibilityTimeoutMs);
      }
      return;
    }
    lock.end();
    await queue.deleteMessage(message.messageId, await lock.popReceipt());
  }

  async #discard(message: DequeuedMessageItem, lock: Lock, reason: string): Promise<void> {
    const { queue, poison, report } = this.#options;
    if (!poison) {
      return;
    }
    await send(poison, message.messageText);
    await queue.deleteMessage(message.messageId, await lock.popReceipt());
    const count = `Message has reached MaxDequeueCount of ${this.#options.maxDequeueCount}.`;
    report("warning", `${reason || count} Moving message to queue '${poison.name}'.`);
  }
}

/** Keeps a message hidden while its function runs. Each renewal returns a new receipt. */
class Lock {
  readonly #queue: QueueClient;
  readonly #messageId: string;
  readonly #timer: NodeJS.Timeout;
  #receipt: Promise<string>;

  constructor(queue: QueueClient, { messageId, popReceipt }: DequeuedMessageItem, lockMs: number) {
    this.#queue = queue;
    this.#messageId = messageId;
    this.#receipt = Promise.resolve(popReceipt);
    this.#timer = setInterval(() => this.#renew(lockMs), lockMs / 2);
  }

  popReceipt(): Promise<string> {
    return this.#receipt;
  }

  /** Stops renewing. */
  end(): void {
    clearInterval(this.#timer);
  }

  async release(afterMs: number): Promise<void> {
    this.#renew(afterMs);
    await this.#receipt;
  }

  #renew(hiddenMs: number): void {
    this.#receipt = this.#receipt.then(async (receipt) => {
      const seconds = Math.ceil(hiddenMs / 1000);
      const answer = await this.#queue.updateMessage(this.#messageId, receipt, undefined, seconds);
      return answer.popReceipt ?? receipt;
    });
    // The next user of the receipt gets the error.
    this.#receipt.catch(() => undefined);
  }
}

function toMetadata(message: DequeuedMessageItem, text: string): Record<string, TypedData> {
  const time = (date: Date) => ({ json: JSON.stringify(date.toISOString()) });
  return {
    QueueTrigger: { string: text },
    DequeueCount: { int: message.dequeueCount },
    ExpirationTime: time(message.expiresOn),
    Id: { string: message.messageId },
    InsertionTime: time(message.insertedOn),
    NextVisibleTime: time(message.nextVisibleOn),
    PopReceipt: { string: message.popReceipt },
  };
}

/** Messages that fail too often move to a poison queue. Those that fail there stay. */
export const hasPoison = (queueName: string) => !queueName.endsWith(poisonSuffix);
