import { setImmediate as nextTurn } from "node:timers/promises";
import { longestRangeBytes } from "./lineRanges.ts";
import { LineSearch, type Room } from "./lineSearch.ts";
import { RangeReading } from "./rangeReading.ts";
import { Finder, searchRange, type LineRange, type RangeFindings } from "./rangeSearch.ts";
import type { SearchSetting } from "./searchThread.ts";
import { searches } from "./words.ts";

/** Searches ranges of files one after the other in this thread. */
export class RangeLane {
  readonly #search: LineSearch;
  readonly #how: SearchSetting["how"];
  /** By room: what is done when it is free. */
  #freed: readonly Promise<void>[];
  #last = Promise.resolve();
  #begun = 0;
  #waiting = 0;
  #isClosed = false;

  /** Null where this machine cannot search. */
  static of({ search, how }: SearchSetting): RangeLane | null {
    const lines = LineSearch.of(searches[search], { rooms: 2, bytes: longestRangeBytes });
    return lines && new RangeLane(lines, how);
  }

  private constructor(search: LineSearch, how: SearchSetting["how"]) {
    this.#search = search;
    this.#how = how;
    this.#freed = search.rooms.map(() => this.#last);
  }

  /** How many ranges it still has to search. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Reads the whole range in the background, while the one before is searched: so the next is best asked for before
   * this one is waited for. Twice as fast, where a processor has nothing else to do.
   *
   * @throws InputError when the file cannot be read
   */
  searchReadAhead(range: LineRange): Promise<RangeFindings> {
    const { rooms } = this.#search;
    const turn = this.#begun++ % rooms.length;
    const room = rooms[turn] ?? rooms[0];
    const begun = (this.#freed[turn] ?? this.#last).then(() => this.#begin(range, room));
    // It is waited for when the turn of the range comes.
    begun.catch(() => {});
    const found = this.#last
      .then(() => begun)
      .then((reading) => this.#searchRead(range.source, room, reading));
    const done = this.#follow(found);
    this.#freed = this.#freed.with(turn, done);
    return found;
  }

  /** @throws InputError when the file cannot be read */
  search(range: LineRange): Promise<RangeFindings> {
    // Whatever else waits has its turn between two ranges: the threads are given more to do.
    const found = this.#last.then(nextTurn).then(() => {
      this.#throwIfClosed();
      return searchRange(this.#search, range, this.#how);
    });
    const done = this.#follow(found);
    this.#freed = this.#freed.map(() => done);
    return found;
  }

  /** What still waits is not searched any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  /** @returns what is done when it is, however it ends */
  #follow(found: Promise<unknown>): Promise<void> {
    this.#waiting++;
    this.#last = this.#settled(found);
    return this.#last;
  }

  async #settled(found: Promise<unknown>): Promise<void> {
    try {
      await found;
    } catch {
      // Who asked for it hears of it.
    } finally {
      this.#waiting--;
    }
  }

  #begin(range: LineRange, room: Room): RangeReading {
    this.#throwIfClosed();
    return new RangeReading(range, room.bytes);
  }

  async #searchRead(source: string, room: Room, reading: RangeReading): Promise<RangeFindings> {
    try {
      const finder = new Finder(this.#search, source, this.#how, 1, room);
      for (let bytes = await reading.next(); bytes > 0; bytes = await reading.next()) {
        this.#throwIfClosed();
        finder.sieve.advance(bytes);
        reading.goOn();
      }
      return finder.end();
    } finally {
      reading.end();
    }
  }

  #throwIfClosed(): void {
    if (this.#isClosed) {
      throw new Error("a search was ended before its turn came");
    }
  }
}
