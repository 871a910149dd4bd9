import { expect } from "vitest";
import type { Range } from "../../src/run/ports.ts";
import type { Answer, PassingRequest, Service } from "./gateway.ts";
import { attemptKeyOf } from "./weather.ts";
import { retries } from "./weatherStage.ts";

/** Counts what the app asks of each service, and knows which times of publication it was answered whole. */
export class Requests {
  readonly #now: () => number;
  readonly #attempts = new Map<string, number>();
  readonly #mostPerRun: Partial<Record<Service, number>> = {};
  #run: Partial<Record<Service, number>> = {};
  #total = 0;
  #struck = 0;
  readonly #read: Range[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  beginRun(): void {
    this.#run = {};
  }

  ended(request: PassingRequest, well: Answer | null): void {
    const { service } = request;
    const key = attemptKeyOf(request);
    this.#attempts.set(key, (this.#attempts.get(key) ?? 0) + 1);
    this.#total++;
    this.#struck += well === null ? 1 : 0;
    this.#run[service] = (this.#run[service] ?? 0) + 1;
    this.#mostPerRun[service] = Math.max(this.#mostPerRun[service] ?? 0, this.#run[service]);
    if (service === "logs" && well?.status === 200) {
      this.#noteRead(request);
    }
  }

  /** Nothing is sent more often than the settings of the retries say. */
  expectBounded(): void {
    expect(Math.max(0, ...this.#attempts.values())).toBeLessThanOrEqual(retries.attempts);
    this.#attempts.clear();
  }

  /** What a service that is not there was asked since the run began is all in vain, and little. */
  expectFewTries(service: Service, most: number): void {
    expect(this.#run[service] ?? 0).toBeLessThanOrEqual(retries.attempts * most);
  }

  /** All that was published between where the first run began and `watermark` was answered whole. */
  expectReadTo(watermark: number): void {
    const [first, ...others] = this.#read.toSorted((a, b) => a.from - b.from);
    let reached = first?.to ?? watermark;
    for (const { from, to } of others) {
      reached = from <= reached ? Math.max(reached, to) : reached;
    }
    expect(watermark).toBeLessThanOrEqual(reached);
  }

  totals() {
    return { requests: this.#total, struck: this.#struck, mostPerRun: this.#mostPerRun };
  }

  #noteRead({ body }: PassingRequest): void {
    const { query } = JSON.parse(body.toString("utf8")) as { readonly query: string };
    const asked =
      /ingestion_time\(\) >= datetime\((.+?)\) and ingestion_time\(\) < datetime\((.+?)\)[^]*where true or [^]*, 1\) == 0[^]*"500121"/.exec(
        query,
      );
    const [, from, to] = asked ?? [];
    if (from === undefined || to === undefined) {
      return;
    }
    this.#read.push({ from: Date.parse(from), to: Math.min(Date.parse(to), this.#now()) });
  }
}
