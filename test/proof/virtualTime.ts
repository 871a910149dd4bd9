import { around } from "../run/around.ts";
import { allQuiet } from "../run/schedule.ts";

/**
 * Lets several runs proceed at once in a time that only passes while all of them wait: each call takes a given lag
 * on its way there, and on its way back. The same lags give the same order of everything.
 */
export class VirtualTime {
  readonly #world: { now: number };
  /** Soonest first. */
  readonly #waiting: { readonly at: number; readonly go: () => void }[] = [];
  /** Calls being served: their own waits are not lags. */
  #served = 0;
  calls = 0;

  /** @param world its `now` is the time; this moves it on */
  constructor(world: { now: number }) {
    this.#world = world;
  }

  /** The port as one of the runs reaches it. */
  port<T extends object>(port: T, lagMs: () => number): T {
    return around(port, ({ make }) => this.served(make, lagMs));
  }

  async served<T>(call: () => Promise<T>, lagMs: () => number): Promise<T> {
    this.calls++;
    await this.until(this.#world.now + lagMs());
    this.#served++;
    try {
      return await call();
    } finally {
      this.#served--;
      await this.until(this.#world.now + lagMs());
    }
  }

  until(at: number): Promise<void> {
    return new Promise((resolve) => {
      const later = this.#waiting.findIndex((each) => each.at > at);
      const place = later === -1 ? this.#waiting.length : later;
      this.#waiting.splice(place, 0, { at, go: resolve });
    });
  }

  /** Lets time pass until all runs have ended. */
  async pass(runs: readonly Promise<void>[]): Promise<void> {
    let ended = 0;
    const all = Promise.allSettled(runs.map((run) => run.finally(() => ended++)));
    while (ended < runs.length) {
      await allQuiet();
      const next = this.#served > 0 ? undefined : this.#waiting.shift();
      if (next === undefined) {
        continue;
      }
      this.#world.now = Math.max(this.#world.now, next.at);
      next.go();
    }
    await all;
    await Promise.all(runs);
  }
}
