import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { StateError } from "./stateError.ts";

/** The number of values buffered before they are written. */
const mostHeld = 4_096;

/**
 * A file with one value per line, for what is too much to keep in memory. It only grows while it is written, is
 * created when first needed, and is readable only by its owner.
 *
 * All methods throw StateError if the file cannot be written.
 */
export class Journal<T> {
  readonly path: string;
  readonly #accepts: (value: unknown) => value is T;
  #held: T[] = [];
  #file: number | null = null;
  #used = false;

  /** @param accepts checks that a line's content is such a value */
  constructor(path: string, accepts: (value: unknown) => value is T) {
    this.path = path;
    this.#accepts = accepts;
  }

  /** Whether anything was added. */
  get used(): boolean {
    return this.#used;
  }

  add(value: T): void {
    this.#used = true;
    this.#held.push(value);
    if (this.#held.length === mostHeld) {
      this.#write();
    }
  }

  /** Returns everything added so far. */
  async *read(): AsyncGenerator<T> {
    if (this.#used && existsSync(this.path)) {
      yield* readJournal(this.path, this.#accepts);
    }
    yield* this.#held;
  }

  /** Flushes everything to the disk itself and closes the file. */
  close(): void {
    if (this.#used) {
      this.#write();
    }
    this.#end((file) => fsyncSync(file));
  }

  /** Closes and deletes the file. */
  discard(): void {
    this.#held = [];
    this.#end(() => rmSync(this.path, { force: true }));
  }

  #write(): void {
    try {
      this.#file ??= openSync(this.path, "a", 0o600);
      writeFileSync(this.#file, this.#held.map((value) => `${JSON.stringify(value)}\n`).join(""));
      this.#held = [];
    } catch (cause) {
      throw StateError.of(this.path, "cannot be written", cause);
    }
  }

  #end(lastly: (file: number) => void): void {
    const file = this.#file;
    this.#file = null;
    if (file !== null) {
      try {
        lastly(file);
      } catch (cause) {
        throw StateError.of(this.path, "cannot be written", cause);
      } finally {
        closeSync(file);
      }
    }
  }
}

/**
 * Reads a journal of this project. Only a newline ends a line, because text from a log can contain the separators
 * U+2028 and U+2029.
 *
 * @throws StateError if it cannot be read, was cut off or has other content
 */
export async function* readJournal<T>(
  path: string,
  accepts: (value: unknown) => value is T,
): AsyncGenerator<T> {
  try {
    let rest = "";
    for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
      const lines = `${rest}${String(chunk)}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const value: unknown = JSON.parse(line);
        if (!accepts(value)) {
          throw new TypeError("a line has an unknown shape");
        }
        yield value;
      }
    }
    if (rest !== "") {
      throw new TypeError("the last line is cut off");
    }
  } catch (cause) {
    throw StateError.of(path, "cannot be read as a journal of this tool", cause);
  }
}
