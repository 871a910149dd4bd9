import type { Fields } from "../../src/detection/signin/fields.ts";
import type { VirtualTime } from "./virtualTime.ts";

/** The service's limits for one identity, and the duration of its answers. */
export interface ServiceLimits {
  readonly atOnce: number;
  /** How long further queries wait before they are rejected (0: rejected at once). */
  readonly queueMs: number;
  /** Queries in any 30 seconds. */
  readonly per30Seconds: number;
  readonly latencyMs: number;
  /** Per row of an answer. */
  readonly perRowMs: number;
}

/** As documented: five queries at once; further ones wait up to three minutes. */
export const documentedLimits = {
  atOnce: 5,
  queueMs: 180_000,
  per30Seconds: 200,
  perRowMs: 0.05,
} as const;

const retryAfterMs = 10_000;

/** The service's side: queues one identity's queries and counts them. */
export class QueryService {
  queries = 0;
  rows = 0;
  throttled = 0;
  busiest = 0;
  #running = 0;
  readonly #recent: number[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #time: VirtualTime;
  readonly #limits: ServiceLimits;

  constructor(time: VirtualTime, limits: ServiceLimits) {
    this.#time = time;
    this.#limits = limits;
  }

  /** Queries like the detector's client, which retries a rejected query when the service says so. */
  async ask(answer: () => readonly Fields[]): Promise<readonly Fields[]> {
    while (!(await this.#admitted())) {
      this.throttled++;
      await this.#time.sleep(retryAfterMs);
    }
    this.queries++;
    const rows = answer();
    this.rows += rows.length;
    await this.#time.sleep(this.#limits.latencyMs + rows.length * this.#limits.perRowMs);
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#running--;
    } else {
      next();
    }
    return rows;
  }

  async #admitted(): Promise<boolean> {
    if (!this.#isWithinRate()) {
      return false;
    }
    if (this.#running < this.#limits.atOnce) {
      this.#running++;
      this.busiest = Math.max(this.busiest, this.#running);
      return true;
    }
    return this.#limits.queueMs > 0 && this.#turnCame();
  }

  #isWithinRate(): boolean {
    const now = this.#time.now();
    while ((this.#recent[0] ?? now) < now - 30_000) {
      this.#recent.shift();
    }
    if (this.#recent.length >= this.#limits.per30Seconds) {
      return false;
    }
    this.#recent.push(now);
    return true;
  }

  /** Waits for a free place. Returns whether there was one in time. A query that ends passes its place on. */
  async #turnCame(): Promise<boolean> {
    const turn = { came: false };
    const ready = new Promise<void>((resolve) => {
      this.#waiting.push(() => {
        turn.came = true;
        resolve();
      });
    });
    const take = this.#waiting.at(-1);
    await Promise.race([ready, this.#time.sleep(this.#limits.queueMs)]);
    const place = take === undefined ? -1 : this.#waiting.indexOf(take);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
    }
    return turn.came;
  }
}
