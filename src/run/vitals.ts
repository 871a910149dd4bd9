import type { Rhythm } from "./rhythm.ts";

/** Why an incident could not be written. Stored with the due item. */
export interface SendFailure {
  /** Time of the first failed attempt (epoch ms). */
  readonly since: number;
  /** The last answer of each sink that failed. */
  readonly sinks: Readonly<Record<string, string>>;
}

/** A sink that keeps failing. */
export interface FailingSink {
  readonly sink: string;
  readonly since: number;
  readonly incidents: number;
  readonly problem: string;
}

/** What health needs to know about earlier runs. Stored with the watermark, in the same write. */
export interface Vitals {
  readonly firstRunAt: number;
  /** Consecutive runs that had more to read than time. */
  readonly behindRuns: number;
  /** `TimeGenerated` of the newest row of the log, of any kind (epoch ms); null before the first one. */
  readonly newestRowAt: number | null;
  readonly rhythm: Rhythm;
  readonly failing: readonly FailingSink[];
  /**
   * When the oldest incident became due that was neither sent nor refused although it could have been sent (epoch
   * ms); null if there is none. Absent in the state of earlier versions.
   */
  readonly oldestPendingAt?: number | null;
}

/** All rows that the log got in a range, not only candidates. */
export interface LogSeen {
  readonly rows: number;
  readonly newestAt: number | null;
}
