import { foreignKind } from "./records/foreignKind.ts";
import type { Entry } from "./entry.ts";

/** How many records may come before the first that shows a sign-in. Logs of several kinds may begin with another. */
const patience = 1_000;

/** Tells sign-in logs from logs and lists of other kinds, by their records. */
export class SignInsShown {
  #held: Entry[] = [];
  #shown = false;
  #records = 0;
  #kind: string | null = null;

  /** Whether a record showed that it is one of a sign-in. */
  get shown(): boolean {
    return this.#shown;
  }

  /** Whether there were records, and none of them was a sign-in. Final at the end of the input, or when `isSure`. */
  get isForeign(): boolean {
    return !this.#shown && this.#records > 0;
  }

  get isSure(): boolean {
    return this.isForeign && this.#records >= patience;
  }

  /** What the records are of, as a noun; null where nothing says so. */
  get kind(): string | null {
    return this.#kind;
  }

  /** Holds entries back until a record shows a sign-in. @returns those that can go on */
  pass(entries: readonly Entry[]): readonly Entry[] {
    if (this.#shown) {
      return entries;
    }
    for (const entry of entries) {
      if (entry.kind === "record") {
        this.#shown ||= entry.isSignIn;
        this.#records++;
        this.#kind ??= foreignKind(entry.record);
      }
      this.#held.push(entry);
    }
    return this.#shown ? this.release() : [];
  }

  /** What was held back until now. */
  release(): readonly Entry[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}
