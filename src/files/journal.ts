import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

/** What is held back before it is written, in characters. */
const bufferSize = 1 << 18;

/**
 * One value a line in a file that only grows while it is written. For what is too much to hold in memory.
 * The file is made at the first need, readable by its owner only.
 */
export class Journal<T> {
  readonly path: string;
  #buffer = "";
  #file: number | null = null;
  #used = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether anything was added. */
  get used(): boolean {
    return this.#used;
  }

  add(value: T): void {
    this.#used = true;
    this.#buffer += `${JSON.stringify(value)}\n`;
    if (this.#buffer.length >= bufferSize) {
      this.#write();
    }
  }

  /** What was added so far. */
  async *read(): AsyncGenerator<T> {
    if (this.#used) {
      this.#write();
      yield* readJournal<T>(this.path);
    }
  }

  /** Puts everything on the disk itself and closes the file. */
  close(): void {
    if (this.#used) {
      this.#write();
    }
    if (this.#file !== null) {
      fsyncSync(this.#file);
      closeSync(this.#file);
      this.#file = null;
    }
  }

  #write(): void {
    this.#file ??= openSync(this.path, "a", 0o600);
    writeSync(this.#file, this.#buffer);
    this.#buffer = "";
  }
}

/** Reads a journal that this project wrote; the caller names the type it was written with. */
export async function* readJournal<T>(path: string): AsyncGenerator<T> {
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Infinity,
  })) {
    yield JSON.parse(line);
  }
}
