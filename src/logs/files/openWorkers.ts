import type { ClassifyOptions } from "../../detection/signin/classify.ts";
import type { LogFile } from "./findLogFiles.ts";
import type { ReadOptions } from "./readChunks.ts";
import { SearchThread, SearchWorkers } from "./search/search.ts";

export interface SignInLogsOptions extends Omit<ReadOptions, "search"> {
  /** Classifies every row, including irrelevant ones, so that damage in them is noticed. */
  readonly everyRow: boolean;
  /**
   * Takes approvals from all rows at once. Otherwise approvals in plain files are left until it is known whose
   * matter.
   */
  readonly everyApproval: boolean;
  /** Whether `related` may be called after `read`. Otherwise lines are not noted for it. */
  readonly context: boolean;
  /** Threads that search large files; 1 means only this one. */
  readonly threads: number;
  /** The program of the threads: a module that calls `serveSearches`. Null: no threads. */
  readonly threadProgram: URL | null;
}

/** Returns what searches the files; null if this machine cannot. */
export function openWorkers(
  files: readonly LogFile[],
  { threads, threadProgram, everyApproval, context }: SignInLogsOptions,
  how: ClassifyOptions,
): SearchWorkers | null {
  const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  const setting = {
    search: everyApproval ? "denialsAndApprovals" : "denials",
    notes: context ? "all" : "approvals",
    how,
  } as const;
  return SearchWorkers.of(setting, bytes, () =>
    threadProgram === null
      ? []
      : Array.from({ length: threads - 1 }, () => new SearchThread(threadProgram, setting)),
  );
}
