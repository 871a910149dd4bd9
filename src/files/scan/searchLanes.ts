import { setImmediate as nextTurn } from "node:timers/promises";
import { LineSearch } from "./lineSearch.ts";
import { searchRange, type LineRange, type RangeFindings } from "./rangeSearch.ts";
import type { SearchSetting, SearchThread } from "./searchThread.ts";
import { searches } from "./words.ts";

/** Something that searches ranges one after the other. */
interface Lane {
  /** How many it still has to search. */
  readonly waiting: number;
  search(range: LineRange): Promise<RangeFindings>;
  close(): Promise<void>;
}

/** More ranges a lane, so that none has to wait for the others while they begin. */
const AHEAD = 4;

/** Searches ranges side by side: in threads, and between other work in this one. */
export class SearchLanes {
  readonly #own: OwnLane;
  readonly #startThreads: () => readonly SearchThread[];
  #lanes: readonly Lane[] = [];

  /**
   * Null where this machine cannot search.
   *
   * @param startThreads called when there is something to search
   */
  static of(
    setting: SearchSetting,
    startThreads: () => readonly SearchThread[],
  ): SearchLanes | null {
    const search = LineSearch.of(searches[setting.search]);
    return search && new SearchLanes(new OwnLane(search, setting), startThreads);
  }

  private constructor(own: OwnLane, startThreads: () => readonly SearchThread[]) {
    this.#own = own;
    this.#startThreads = startThreads;
  }

  /** How many ranges are best begun before the first one is waited for. */
  get ahead(): number {
    return this.#lanes.length < 2 ? 0 : AHEAD * this.#lanes.length;
  }

  /** @throws InputError when the file cannot be read */
  search(range: LineRange): Promise<RangeFindings> {
    if (this.#lanes.length === 0) this.#lanes = [...this.#startThreads(), this.#own];
    const [least = this.#own] = this.#lanes.toSorted((a, b) => a.waiting - b.waiting);
    const found = least.search(range);
    // It is waited for when its turn comes, which may be never.
    found.catch(() => {});
    return found;
  }

  /** Ends all of it, whatever it is at. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

class OwnLane implements Lane {
  readonly #search: LineSearch;
  readonly #setting: SearchSetting;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor(search: LineSearch, setting: SearchSetting) {
    this.#search = search;
    this.#setting = setting;
  }

  get waiting(): number {
    return this.#waiting;
  }

  search(range: LineRange): Promise<RangeFindings> {
    this.#waiting++;
    // Whatever else waits has its turn between two ranges: the threads are given more to do.
    const found = this.#last.then(nextTurn).then(() => this.#searchNow(range));
    this.#last = found.catch(() => null);
    return found;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  #searchNow(range: LineRange): RangeFindings {
    if (this.#isClosed) throw new Error("a search was ended before its turn came");
    try {
      return searchRange(this.#search, range, this.#setting.how);
    } finally {
      this.#waiting--;
    }
  }
}
