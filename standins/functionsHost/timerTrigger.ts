import type { TypedData } from "./rpc.ts";

/** What a timer's function is told, beside the schedule. Times as ISO 8601. */
export interface TimerStatus {
  readonly isPastDue?: boolean;
  /** The run before; none unless told. */
  readonly last?: string;
  /** The run to come; now unless told, since the stand-in reads no schedules. */
  readonly next?: string;
}

/** .NET's first moment: the host knows of no run before. */
const never = "0001-01-01T00:00:00";

export function toTimerData({ isPastDue, last, next }: TimerStatus, now: number): TypedData {
  const nowText = new Date(now).toISOString();
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: last ?? never, Next: next ?? nowText, LastUpdated: last ?? never },
      IsPastDue: isPastDue ?? false,
    }),
  };
}
