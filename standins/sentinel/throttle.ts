/** Allows a number of requests in a window, then answers 429 until the window has passed. */
export interface ThrottleOptions {
  readonly requests: number;
  readonly windowMs: number;
  /** Whether the answer says how long to wait. Default: true. */
  readonly retryAfter?: boolean;
}

export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #now: () => number;
  #times: number[] = [];

  constructor(options: ThrottleOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Returns the milliseconds until there is room again, or 0 if the request is admitted. */
  admit(): number {
    const { requests, windowMs } = this.#options;
    const now = this.#now();
    this.#times = this.#times.filter((at) => at > now - windowMs);
    const [oldest = now] = this.#times;
    if (this.#times.length >= requests) {
      return oldest + windowMs - now;
    }
    this.#times.push(now);
    return 0;
  }
}
