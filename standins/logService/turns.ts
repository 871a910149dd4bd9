/** Lets an identity run a number of queries at once. The others queue, and give up after a while. */
export class Turns {
  readonly #atOnce: number;
  readonly #longestWaitMs: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  /** The highest number of concurrent queries of any identity so far. */
  most = 0;

  constructor(atOnce: number, longestWaitMs: number) {
    this.#atOnce = atOnce;
    this.#longestWaitMs = longestWaitMs;
  }

  /** @returns false if the wait was too long; after true, the caller must call `leave` */
  async enter(identity: string): Promise<boolean> {
    const running = this.#running.get(identity) ?? 0;
    if (running < this.#atOnce) {
      this.#running.set(identity, running + 1);
      this.most = Math.max(this.most, running + 1);
      return true;
    }
    return new Promise((resolve) => {
      const queue = this.#waiting.get(identity) ?? [];
      this.#waiting.set(identity, queue);
      const enter = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(enter), 1);
        resolve(false);
      }, this.#longestWaitMs);
      timer.unref();
      queue.push(enter);
    });
  }

  leave(identity: string): void {
    const next = this.#waiting.get(identity)?.shift();
    if (next === undefined) {
      this.#running.set(identity, (this.#running.get(identity) ?? 1) - 1);
    } else {
      next();
    }
  }
}
