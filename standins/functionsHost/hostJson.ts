import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";

/** The parts of host.json that the stand-in uses. */
export interface HostSettings {
  readonly routePrefix: string;
  readonly queues: QueueSettings;
}

export interface QueueSettings {
  /** The number of messages taken at once. */
  readonly batchSize: number;
  /** More messages are taken when at most this many are still running. */
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  /** How long a failed message stays hidden, in milliseconds. */
  readonly visibilityTimeoutMs: number;
}

const whole = v.pipe(v.number(), v.integer());
const schema = v.object({
  extensions: v.optional(
    v.object({
      http: v.optional(v.object({ routePrefix: v.optional(v.string()) })),
      queues: v.optional(
        v.object({
          batchSize: v.optional(whole),
          newBatchThreshold: v.optional(whole),
          maxDequeueCount: v.optional(whole),
          visibilityTimeout: v.optional(v.string()),
          messageEncoding: v.optional(v.literal("base64")),
        }),
      ),
    }),
  ),
});

/** Reads the host.json beside the app's main file, if there is one. All other values are the host's own defaults. */
export async function readHostJson(main: string): Promise<HostSettings> {
  const file = join(dirname(main), "host.json");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return "{}";
    }
    throw error;
  });
  const { http, queues } = v.parse(schema, JSON.parse(text)).extensions ?? {};
  const batchSize = queues?.batchSize ?? 16;
  return {
    routePrefix: http?.routePrefix ?? "api",
    queues: {
      batchSize,
      newBatchThreshold: queues?.newBatchThreshold ?? Math.floor(batchSize / 2),
      maxDequeueCount: queues?.maxDequeueCount ?? 5,
      visibilityTimeoutMs: timeSpanMs(queues?.visibilityTimeout ?? "00:00:00", file),
    },
  };
}

function timeSpanMs(text: string, file: string): number {
  const [, hours, minutes, seconds] = /^(\d{2}):(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (seconds === undefined) {
    throw new Error(`${file}: "${text}" is not a time such as 00:00:30.`);
  }
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
