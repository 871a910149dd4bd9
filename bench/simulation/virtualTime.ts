/** Time that passes only while everybody waits for it. */
export class VirtualTime {
  #now: number;
  /** Soonest first; those of the same time in order of arrival. */
  readonly #waiting: { readonly at: number; readonly resolve: () => void }[] = [];

  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    const at = this.#now + ms;
    return new Promise((resolve) => {
      const place = this.#waiting.findLastIndex((each) => each.at <= at) + 1;
      this.#waiting.splice(place, 0, { at, resolve });
    });
  }

  /** Lets time pass until the work is done. */
  async runUntil<T>(work: Promise<T>): Promise<T> {
    const progress = { isDone: false };
    const finish = () => {
      progress.isDone = true;
    };
    work.then(finish, finish);
    for (;;) {
      // Runs everything that follows from the last event and does not wait for time.
      await new Promise(setImmediate);
      if (progress.isDone) {
        return work;
      }
      const next = this.#waiting.shift();
      if (next === undefined) {
        throw new Error("everybody waits, and nobody for time");
      }
      this.#now = next.at;
      next.resolve();
    }
  }
}
