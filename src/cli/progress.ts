import { clearLine, cursorTo } from "node:readline";
import type { Output } from "./command.ts";

/** How often the line is redrawn, in milliseconds. */
const interval = 200;

/** Shows the progress of reading in one line of standard error, if that is a terminal. */
export class Progress {
  readonly #output: Output | null;
  readonly #totalBytes: number | null;
  readonly #startedAt: number;
  #bytes = 0;
  #rows = 0;
  #drawnAt = 0;

  /** @param totalBytes the size of the whole input; null if unknown */
  constructor(output: Output | null, totalBytes: number | null, now = Date.now()) {
    this.#output = output?.isTTY === true ? output : null;
    this.#totalBytes = totalBytes;
    this.#startedAt = now;
  }

  addBytes(count: number): void {
    this.#bytes += count;
  }

  addRows(count: number, now = Date.now()): void {
    this.#rows += count;
    if (this.#output !== null && now - this.#drawnAt >= interval) {
      this.clear();
      this.#drawnAt = now;
      this.#output.write(this.#line((now - this.#startedAt) / 1000));
    }
  }

  clear(): void {
    if (this.#drawnAt > 0 && this.#output !== null) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- they only write
      const stream = this.#output as NodeJS.WritableStream;
      cursorTo(stream, 0);
      clearLine(stream, 0);
    }
  }

  #line(seconds: number): string {
    const rate = Math.round(this.#rows / Math.max(seconds, 0.001));
    const read = `${megabytes(this.#bytes)} MB`;
    const speed = `${this.#rows} rows, ${rate} rows/s`;
    if (this.#totalBytes === null || this.#bytes === 0) {
      return `${read}, ${speed}`;
    }
    const left = Math.max(0, (this.#totalBytes / this.#bytes - 1) * seconds);
    return `${read} of ${megabytes(this.#totalBytes)} MB, ${speed}, ${Math.ceil(left)} s left`;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
