import type { TypedData } from "./rpc.ts";

/** The status passed to a timer's function, besides the schedule. Times are ISO 8601. */
export interface TimerStatus {
  readonly isPastDue?: boolean;
  /** The previous run. Default: none. */
  readonly last?: string;
  /** The next run. Default: now, because the stand-in does not read schedules. */
  readonly next?: string;
}

/** .NET's earliest time: the host knows of no previous run. */
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
