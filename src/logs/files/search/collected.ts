import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import { Extractor } from "../../../run/extract.ts";
import type { Extract } from "../../../run/signInFiles.ts";
import type { Entry } from "../entry.ts";
import { nothingShown, seeRecord } from "../recordsSeen.ts";
import { noteNumbers } from "./notes.ts";

/** What was found in a text so far. */
export class Collected {
  readonly seen = nothingShown();
  readonly #extractor: Extractor;
  #notes = new Uint32Array(0);
  #length = 0;

  constructor(how: ClassifyOptions) {
    this.#extractor = new Extractor(how);
  }

  add(entry: Entry): void {
    this.#extractor.add(entry);
    if (entry.kind === "record" && entry.isSignIn) {
      seeRecord(this.seen, entry);
    }
  }

  pass(rows: number): void {
    this.#extractor.pass(rows);
  }

  /** Adds notes of lines. `before` was added to the offset of each. */
  addNotes(notes: Uint32Array, before: number): void {
    const needed = this.#length + notes.length;
    if (needed > this.#notes.length) {
      const larger = new Uint32Array(2 * needed);
      larger.set(this.#notes);
      this.#notes = larger;
    }
    this.#notes.set(notes, this.#length);
    for (let at = this.#length; at < needed; at += noteNumbers) {
      this.#notes[at] = (this.#notes[at] ?? 0) - before;
    }
    this.#length = needed;
  }

  /** Returns what was found since the last call. */
  take(): Extract {
    return this.#extractor.take();
  }

  get notes(): Uint32Array<ArrayBuffer> {
    return this.#notes.slice(0, this.#length);
  }
}
