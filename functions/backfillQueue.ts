/** The queue with the steps of backfills, in the same storage account as the state. */
export const backfillQueue = {
  queueName: "mfa-deny-backfill",
  connection: "STATE_STORAGE",
} as const;

/** The queue to which the host moves a message that failed five times. */
export const poisonQueueName = `${backfillQueue.queueName}-poison`;

/** One step of one workspace's part. */
export interface BackfillMessage {
  readonly id: string;
  readonly workspace: string;
}

/** The queue can contain any message that somebody put there. */
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
