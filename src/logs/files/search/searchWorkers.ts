import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import type { RelatedRecord } from "../../../run/signInFiles.ts";
import { tuneEngine } from "../engine.ts";
import { LineSearch } from "./lineSearch.ts";
import { RangeWorker } from "./rangeWorker.ts";
import type { RelatedPart } from "./readRelated.ts";
import { searchText, type LineRange, type RangeFindings } from "./rangeSearch.ts";
import type { SearchSetting, SearchThread } from "./searchThread.ts";
import type { TableRange } from "./tableSearch.ts";
import type { TextBlock } from "./textBlocks.ts";
import { searches } from "./words.ts";

/** Searches per worker, so that no worker has to wait for its next one. */
const readAhead = 4;

/** Starting threads takes as long as searching this much of a file, */
const worthThreads = 64 * 1024 * 1024;
/** or this much of a text, in which approvals are parsed as well. */
const worthThreadsText = 16 * 1024 * 1024;

/** Searches lines in parallel: in threads, and in this one between other work. */
export class SearchWorkers {
  #textSearch: LineSearch | null = null;
  readonly #own: RangeWorker;
  readonly #how: ClassifyOptions;
  readonly #startThreads: () => readonly SearchThread[];
  readonly #shareFiles: boolean;
  #threads: readonly SearchThread[] | null = null;
  #textBytes = 0;

  /**
   * Returns null if this machine cannot search.
   *
   * @param fileBytes the number of bytes to search in files
   * @param startThreads called at most once, if threads are worth it
   */
  static of(
    setting: SearchSetting,
    fileBytes: number,
    startThreads: () => readonly SearchThread[],
  ): SearchWorkers | null {
    const own = RangeWorker.of(setting);
    if (own === null) {
      return null;
    }
    const shareFiles = fileBytes >= worthThreads;
    const workers = new SearchWorkers(own, setting.how, shareFiles, startThreads);
    // Early, because they take a while to start.
    if (shareFiles) {
      workers.#ready();
    }
    return workers;
  }

  private constructor(
    own: RangeWorker,
    how: ClassifyOptions,
    shareFiles: boolean,
    startThreads: () => readonly SearchThread[],
  ) {
    this.#own = own;
    this.#how = how;
    this.#shareFiles = shareFiles;
    this.#startThreads = startThreads;
  }

  /** Used for a text that cannot be read twice. Made at the first use. */
  get textSearch(): LineSearch {
    this.#textSearch ??= LineSearch.of(searches.denialsAndApprovals);
    if (this.#textSearch === null) {
      throw new Error("this machine can search files, but not text");
    }
    return this.#textSearch;
  }

  /** The number of searches to start before waiting for the first one. */
  get ahead(): number {
    const threads = this.#threads?.length ?? 0;
    return threads === 0 ? 1 : readAhead * (threads + 1);
  }

  /** @throws InputError when the file cannot be read */
  search(range: LineRange | TableRange): Promise<RangeFindings> {
    return expected(this.#freest().search(range));
  }

  /** @throws InputError when the file cannot be read */
  related(part: RelatedPart): Promise<readonly RelatedRecord[]> {
    return expected(this.#freest().related(part));
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
    await Promise.all([this.#own, ...threads].map((worker) => worker.close()));
  }

  #freest(): RangeWorker | SearchThread {
    const threads = this.#shareFiles ? this.#ready() : [];
    return leastBusy<RangeWorker | SearchThread>([this.#own, ...threads]);
  }

  /** The threads that have started by now. */
  #ready(): readonly SearchThread[] {
    if (this.#threads === null) {
      tuneEngine();
      this.#threads = this.#startThreads();
    }
    return this.#threads.filter(({ isReady }) => isReady);
  }
}

function leastBusy<L extends { readonly waiting: number }>(workers: readonly L[]): L {
  return workers.reduce((least, worker) => (worker.waiting < least.waiting ? worker : least));
}

/** It is waited for when its turn comes, which may be never. */
function expected<T>(found: Promise<T>): Promise<T> {
  found.catch(() => {});
  return found;
}
