import { setImmediate as nextTurn } from "node:timers/promises";
import { longestRangeBytes } from "./lineRanges.ts";
import { LineSearch, type SearchBuffer } from "./lineSearch.ts";
import { RangeReading } from "./rangeReading.ts";
import { Finder, searchRange, type LineRange, type RangeFindings } from "./rangeSearch.ts";
import type { SearchSetting } from "./searchThread.ts";
import { searches } from "./words.ts";

/** Searches ranges of files one after the other in this thread. */
export class RangeWorker {
  readonly #search: LineSearch;
  readonly #how: SearchSetting["how"];
  /** For each buffer, a promise that settles when it is free. */
  #freed: readonly Promise<void>[];
  #last = Promise.resolve();
  #begun = 0;
  #waiting = 0;
  #isClosed = false;

  /** Returns null if this machine cannot search. */
  static of({ search, how }: SearchSetting): RangeWorker | null {
    const lines = LineSearch.of(searches[search], {
      buffers: { buffers: 2, bytes: longestRangeBytes },
      notes: true,
    });
    return lines && new RangeWorker(lines, how);
  }

  private constructor(search: LineSearch, how: SearchSetting["how"]) {
    this.#search = search;
    this.#how = how;
    this.#freed = search.buffers.map(() => this.#last);
  }

  /** The number of ranges still to be searched. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Reads the range in the background while the one before is searched. Ask for the next range before you wait for
   * this one: that is twice as fast if a processor is free.
   *
   * @throws InputError when the file cannot be read
   */
  searchReadAhead(range: LineRange): Promise<RangeFindings> {
    const { buffers } = this.#search;
    const turn = this.#begun++ % buffers.length;
    const buffer = buffers[turn] ?? buffers[0];
    const begun = (this.#freed[turn] ?? this.#last).then(() => this.#begin(range, buffer));
    // Awaited when it is the range's turn.
    begun.catch(() => {});
    const found = this.#last
      .then(() => begun)
      .then((reading) => this.#searchRead(range.source, buffer, reading));
    const done = this.#follow(found);
    this.#freed = this.#freed.with(turn, done);
    return found;
  }

  /** @throws InputError when the file cannot be read */
  search(range: LineRange): Promise<RangeFindings> {
    // Lets other work run between two ranges, so that the threads get more to do.
    const found = this.#last.then(nextTurn).then(() => {
      this.#throwIfClosed();
      return searchRange(this.#search, range, this.#how);
    });
    const done = this.#follow(found);
    this.#freed = this.#freed.map(() => done);
    return found;
  }

  /** Drops the ranges that are still waiting. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  /** @returns a promise that resolves when `found` settles */
  #follow(found: Promise<unknown>): Promise<void> {
    this.#waiting++;
    this.#last = this.#settled(found);
    return this.#last;
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

  #begin(range: LineRange, buffer: SearchBuffer): RangeReading {
    this.#throwIfClosed();
    return new RangeReading(range, buffer.bytes);
  }

  async #searchRead(
    source: string,
    buffer: SearchBuffer,
    reading: RangeReading,
  ): Promise<RangeFindings> {
    try {
      const finder = new Finder(this.#search, source, this.#how, 1, buffer);
      for (let bytes = await reading.next(); bytes > 0; bytes = await reading.next()) {
        this.#throwIfClosed();
        finder.filter.advance(bytes);
        reading.goOn();
      }
      return finder.end();
    } finally {
      reading.end();
    }
  }

  #throwIfClosed(): void {
    if (this.#isClosed) {
      throw new Error("the search was closed before this range was searched");
    }
  }
}
