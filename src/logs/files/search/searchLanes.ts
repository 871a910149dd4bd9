import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import { LineSearch } from "./lineSearch.ts";
import { RangeLane } from "./rangeLane.ts";
import { searchText, type LineRange, type RangeFindings } from "./rangeSearch.ts";
import type { SearchSetting, SearchThread } from "./searchThread.ts";
import type { TextBlock } from "./textBlocks.ts";
import { searches } from "./words.ts";

/** More searches a lane, so that none has to wait for the others while they begin. */
const readAhead = 4;

/** To start threads takes as long as to search this much of a file, */
const worthThreads = 64 * 1024 * 1024;
/** or this much of a text, of which approvals are taken apart as well. */
const worthThreadsText = 16 * 1024 * 1024;

/** Searches lines side by side: in threads, and between other work in this one. */
export class SearchLanes {
  /** For a text that cannot be read twice. */
  readonly textSearch: LineSearch;
  readonly #own: RangeLane;
  readonly #how: ClassifyOptions;
  readonly #startThreads: () => readonly SearchThread[];
  readonly #shareFiles: boolean;
  #threads: readonly SearchThread[] | null = null;
  #textBytes = 0;

  /**
   * Null where this machine cannot search.
   *
   * @param fileBytes how much there will be to search in files
   * @param startThreads called at most once, when that is worth it
   */
  static of(
    setting: SearchSetting,
    fileBytes: number,
    startThreads: () => readonly SearchThread[],
  ): SearchLanes | null {
    const own = RangeLane.of(setting);
    const textSearch = LineSearch.of(searches.denialsAndApprovals);
    if (own === null || textSearch === null) {
      return null;
    }
    const shareFiles = fileBytes >= worthThreads;
    const lanes = new SearchLanes(own, textSearch, setting.how, shareFiles, startThreads);
    // At once: they take a while to start.
    if (shareFiles) {
      lanes.#ready();
    }
    return lanes;
  }

  private constructor(
    own: RangeLane,
    textSearch: LineSearch,
    how: ClassifyOptions,
    shareFiles: boolean,
    startThreads: () => readonly SearchThread[],
  ) {
    this.#own = own;
    this.textSearch = textSearch;
    this.#how = how;
    this.#shareFiles = shareFiles;
    this.#startThreads = startThreads;
  }

  /** How many searches are best begun before the first one is waited for. */
  get ahead(): number {
    const threads = this.#threads?.length ?? 0;
    return threads === 0 ? 1 : readAhead * (threads + 1);
  }

  /** @throws InputError when the file cannot be read */
  search(range: LineRange): Promise<RangeFindings> {
    const threads = this.#shareFiles ? this.#ready() : [];
    const found =
      threads.length === 0
        ? this.#own.searchReadAhead(range)
        : leastBusy([...threads, this.#own]).search(range);
    return expected(found);
  }

  searchText(block: TextBlock): Promise<RangeFindings> {
    this.#textBytes += block.text.length;
    const threads = this.#textBytes < worthThreadsText ? [] : this.#ready();
    return threads.length === 0
      ? Promise.resolve(searchText(this.textSearch, block, this.#how))
      : expected(leastBusy(threads).search(block));
  }

  /** Ends all of it, whatever it is at. */
  async close(): Promise<void> {
    const threads = this.#threads ?? [];
    await Promise.all([this.#own, ...threads].map((lane) => lane.close()));
  }

  /** The threads that have started by now. */
  #ready(): readonly SearchThread[] {
    this.#threads ??= this.#startThreads();
    return this.#threads.filter(({ isReady }) => isReady);
  }
}

function leastBusy<L extends { readonly waiting: number }>(lanes: readonly L[]): L {
  return lanes.reduce((least, lane) => (lane.waiting < least.waiting ? lane : least));
}

/** It is waited for when its turn comes, which may be never. */
function expected<T>(found: Promise<T>): Promise<T> {
  found.catch(() => {});
  return found;
}
