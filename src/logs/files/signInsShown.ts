import { foreignKind } from "./records/foreignKind.ts";
import type { Entry } from "./entry.ts";

/**
 * The number of records that may precede the first recognisable sign-in. Logs of several kinds may begin with
 * another.
 */
const patience = 1_000;

/** Distinguishes sign-in logs from logs and lists of other kinds, by their records. */
export class SignInsShown {
  #held: Entry[] = [];
  #shown = false;
  #records = 0;
  #kind: string | null = null;

  /** Whether a record was recognisably a sign-in. */
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

  /** The kind of the records, as a noun; null if unknown. */
  get kind(): string | null {
    return this.#kind;
  }

  /** Holds entries back until one is recognisably a sign-in. @returns entries that can go on */
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

  /** Returns everything that is still held back. */
  release(): readonly Entry[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}
