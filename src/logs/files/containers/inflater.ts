import { createGunzip, createInflateRaw } from "node:zlib";
import type { Gunzip, InflateRaw } from "node:zlib";

/** The wrapping of deflated data: gzip, with its own checksums, or none, as in a zip file. */
export type Wrapping = "gzip" | "zip";

/** Compressed data is truncated or broken. Everything before that was delivered. */
export class CompressionDamage extends Error {
  override readonly name = "CompressionDamage";
}

/** Feeds zlib one step at a time and keeps its output, even if the step fails half-way. */
export class Inflater {
  readonly #wrapping: Wrapping;
  readonly #zlib: Gunzip | InflateRaw;
  #output: Buffer[] = [];
  #running: Promise<void> = Promise.resolve();
  #settle = (): void => {};
  #taken = 0;
  #error: Error | null = null;
  #ended = false;
  #surplus = false;

  /** zlib returns its output in blocks of this size. An incomplete block is lost when a step fails. */
  constructor(wrapping: Wrapping, outputBytes: number) {
    const create = wrapping === "gzip" ? createGunzip : createInflateRaw;
    this.#wrapping = wrapping;
    this.#zlib = create({ chunkSize: outputBytes });
    this.#zlib.on("data", (bytes: Buffer) => this.#output.push(bytes));
    this.#zlib.on("error", (error) => {
      this.#error = error;
      this.#settle();
    });
    // zlib ends by itself when zeros follow a member, and then never answers the write.
    this.#zlib.on("end", () => {
      this.#ended = true;
      this.#settle();
    });
  }

  /** The number of compressed bytes fed, including those of a failed step. */
  get taken(): number {
    return this.#taken;
  }

  get failed(): boolean {
    return this.#error !== null;
  }

  /** Starts to inflate a step; null ends the data. Only one step may run at a time. */
  start(step: Buffer | null): void {
    if (this.#error) {
      return;
    }
    if (this.#ended) {
      this.#surplus ||= step !== null && step.some((byte) => byte !== 0);
      return;
    }
    this.#running = new Promise((settle) => {
      this.#settle = settle;
      if (step === null) {
        this.#zlib.end();
      } else {
        this.#zlib.write(step, (error) => {
          this.#error ??= error ?? null;
          settle();
        });
      }
    });
    this.#taken += step?.length ?? 0;
  }

  async finished(): Promise<Buffer> {
    await this.#running;
    const output = this.#output;
    this.#output = [];
    const [only] = output;
    return only && output.length === 1 ? only : Buffer.concat(output);
  }

  throwIfDamaged(): void {
    const cause = this.#error;
    if (cause) {
      const cutOff = "code" in cause && cause.code === "Z_BUF_ERROR";
      const problem = cutOff
        ? `cut off after ${this.#taken} bytes`
        : `corrupt before byte ${this.#taken}`;
      throw new CompressionDamage(`${this.#wrapping} data is ${problem}`, { cause });
    }
    if (this.#surplus) {
      throw new CompressionDamage(
        `${this.#wrapping} data is followed by something else, which is not read`,
      );
    }
  }

  close(): void {
    this.#zlib.destroy();
  }
}
