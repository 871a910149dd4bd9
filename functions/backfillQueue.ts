/** Where the steps of backfills wait; the same storage account as the state. */
export const backfillQueue = {
  queueName: "mfa-deny-backfill",
  connection: "STATE_STORAGE",
} as const;

/** Where the host puts a message that failed five times. */
export const poisonQueueName = `${backfillQueue.queueName}-poison`;

/** One step of one workspace's part. */
export interface BackfillMessage {
  readonly id: string;
  readonly workspace: string;
}

/** A message may be anything that somebody put into the queue. */
export function isBackfillMessage(value: unknown): value is BackfillMessage {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    typeof value.id === "string" &&
    "workspace" in value &&
    typeof value.workspace === "string"
  );
}
