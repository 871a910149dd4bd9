/** A line written by the host, the library, a function or the process. */
export interface LogEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly level: string;
  /** "user": written by a function; "console": printed by its process; "host" and "system": neither. */
  readonly category: "user" | "system" | "host" | "console";
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

export type NewLogEntry = Omit<LogEntry, "at">;

export class Logs {
  readonly entries: LogEntry[] = [];
  readonly #clock: () => number;
  readonly #onLog: ((entry: LogEntry) => void) | undefined;

  constructor(clock: () => number, onLog?: (entry: LogEntry) => void) {
    this.#clock = clock;
    this.#onLog = onLog;
  }

  add(entry: NewLogEntry): void {
    const whole = { at: this.#clock(), ...entry };
    this.entries.push(whole);
    this.#onLog?.(whole);
  }
}
