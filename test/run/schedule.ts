import { around } from "./around.ts";

/**
 * Lets several runs go on at once, and decides at each of their calls who is next: the calls wait before they are
 * made, and their answers before they arrive, until the schedule lets one of them go. The same seed gives the same
 * order.
 */
export class Schedule {
  readonly #waiting: (() => void)[] = [];
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The port as one of the runs reaches it. */
  port<T extends object>(port: T): T {
    return around(port, async ({ make }) => {
      await this.#turn();
      const answer = await make();
      await this.#turn();
      return answer;
    });
  }

  /** Lets one after the other go until all runs have ended. `between` is called before each. */
  async run(
    runs: readonly Promise<unknown>[],
    between: () => void = () => {},
  ): Promise<readonly PromiseSettledResult<unknown>[]> {
    let ended = 0;
    const settled = Promise.allSettled(
      runs.map((run) =>
        run.finally(() => {
          ended++;
        }),
      ),
    );
    while (ended < runs.length) {
      await allQuiet();
      between();
      const [next] = this.#waiting.splice(this.random(this.#waiting.length), 1);
      next?.();
    }
    return settled;
  }

  /** 0 <= n < below. */
  random(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below);
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** Nothing in memory goes on without a call that waits: all promises that can have been kept by then. */
export function allQuiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
