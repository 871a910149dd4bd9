import { setImmediate as nextTurn } from "node:timers/promises";
import type { RelatedRecord } from "../../../run/signInFiles.ts";
import { LineSearch } from "./lineSearch.ts";
import type { LineRange, RangeFindings } from "./rangeSearch.ts";
import { readRelated, type RelatedPart } from "./readRelated.ts";
import { searchAny, type TableRange } from "./tableSearch.ts";
import type { SearchSetting } from "./searchThread.ts";
import { searches } from "./words.ts";

/** Searches ranges of files one after the other in this thread. */
export class RangeWorker {
  readonly #search: LineSearch;
  readonly #how: SearchSetting["how"];
  #last = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  /** Returns null if this machine cannot search. */
  static of({ search, notes, how }: SearchSetting): RangeWorker | null {
    const lines = LineSearch.of(searches[search], { notes });
    return lines && new RangeWorker(lines, how);
  }

  private constructor(search: LineSearch, how: SearchSetting["how"]) {
    this.#search = search;
    this.#how = how;
  }

  /** The number of ranges still to be searched. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws InputError when the file cannot be read */
  search(range: LineRange | TableRange): Promise<RangeFindings> {
    return this.#inTurn(() => searchAny(this.#search, range, this.#how));
  }

  /** @throws InputError when the file cannot be read */
  related(part: RelatedPart): Promise<readonly RelatedRecord[]> {
    return this.#inTurn(() => readRelated(part));
  }

  /** Drops the ranges that are still waiting. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    this.#waiting++;
    // Lets other work run between two ranges, so that the threads get more to do.
    const found = this.#last.then(nextTurn).then(() => {
      if (this.#isClosed) {
        throw new Error("the search was closed before this range was searched");
      }
      return work();
    });
    this.#last = this.#settled(found);
    return found;
  }

  async #settled(found: Promise<unknown>): Promise<void> {
    try {
      await found;
    } catch {
      // Reported to the caller of `search`.
    } finally {
      this.#waiting--;
    }
  }
}
