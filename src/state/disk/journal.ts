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

/** So many values are held before they are written. */
const mostHeld = 4_096;

/**
 * One value a line in a file that only grows while it is written. For what is too much to hold in memory.
 * The file is made at the first need, readable by its owner only.
 *
 * Everything throws StateError where the file cannot be written.
 */
export class Journal<T> {
  readonly path: string;
  readonly #accepts: (value: unknown) => value is T;
  #held: T[] = [];
  #file: number | null = null;
  #used = false;

  /** @param accepts tells whether what a line holds is such a value */
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

  /** What was added so far. */
  async *read(): AsyncGenerator<T> {
    if (this.#used && existsSync(this.path)) {
      yield* readJournal(this.path, this.#accepts);
    }
    yield* this.#held;
  }

  /** Puts everything on the disk itself and closes the file. */
  close(): void {
    if (this.#used) {
      this.#write();
    }
    this.#end((file) => fsyncSync(file));
  }

  /** Closes the file and takes it away. */
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
 * Reads a journal that this project wrote. Lines end at a newline only: the separators U+2028 and U+2029
 * can stand inside the text of a log.
 *
 * @throws StateError when it cannot be read, was cut off or holds something else
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
          throw new TypeError("a line holds something else");
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
