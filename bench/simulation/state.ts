import type { BackfillJob, BackfillJobs, BackfillPart } from "../../src/run/backfillJob.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import type { Head, Opening, Progress, StateChange, StateStore } from "../../src/run/ports.ts";
import type { Subject } from "../../src/detection/decisions/record.ts";
import type { VirtualTime } from "./virtualTime.ts";

/** A store whose every request takes a while and is counted: each is one transaction of Table Storage. */
export class SimulatedStore implements StateStore {
  requests = 0;
  readonly #store = new MemoryStore();
  readonly #time: VirtualTime;
  readonly #latencyMs: number;

  constructor(time: VirtualTime, latencyMs: number) {
    this.#time = time;
    this.#latencyMs = latencyMs;
  }

  async #request<T>(answer: () => Promise<T>): Promise<T> {
    this.requests++;
    await this.#time.sleep(this.#latencyMs);
    return answer();
  }

  open(): Promise<Opening> {
    return this.#request(() => this.#store.open());
  }

  readProgress(): Promise<Progress | null> {
    return this.#request(() => this.#store.readProgress());
  }

  readHead(subject: Subject): Promise<Head> {
    return this.#request(() => this.#store.readHead(subject));
  }

  write(change: StateChange): Promise<Head | null | "conflict"> {
    return this.#request(() => this.#store.write(change));
  }

  saveProgress(progress: Progress): Promise<void> {
    return this.#request(() => this.#store.saveProgress(progress));
  }

  prune(before: number): Promise<number> {
    return this.#request(() => this.#store.prune(before));
  }
}

/** One backfill with one part. */
export class SimulatedJob implements BackfillJobs {
  requests = 0;
  /** One after each slice. */
  writes = 0;
  #part: BackfillPart;
  #version = 1;
  readonly #time: VirtualTime;
  readonly #latencyMs: number;

  constructor(part: BackfillPart, time: VirtualTime, latencyMs: number) {
    this.#part = part;
    this.#time = time;
    this.#latencyMs = latencyMs;
  }

  begin(): Promise<BackfillJob> {
    throw new Error("it was begun already");
  }

  read(): Promise<null> {
    return Promise.resolve(null);
  }

  async readPart() {
    await this.#request();
    return { part: this.#part, version: String(this.#version) };
  }

  async writePart(_id: string, part: BackfillPart, version: string): Promise<string | null> {
    await this.#request();
    this.writes++;
    if (version !== String(this.#version)) {
      return null;
    }
    this.#part = part;
    return String(++this.#version);
  }

  async #request(): Promise<void> {
    this.requests++;
    await this.#time.sleep(this.#latencyMs);
  }
}
