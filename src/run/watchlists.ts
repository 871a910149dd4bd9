import type { Rule } from "../detection/rules/rule.ts";
import { watchlistKey, watchlistsOf, withWatchlists } from "../detection/rules/watchlists.ts";
import type { WatchlistColumn } from "../detection/signin/selector.ts";
import type { Clock, Log } from "./ports.ts";

/** What is known about a column of a watchlist. It is stored, so that it survives a failure. Times are epoch ms. */
export interface StoredWatchlist extends WatchlistColumn {
  /** The values last read; null if they were never read. */
  readonly values: readonly string[] | null;
  readonly readAt: number | null;
  /** Why it cannot be read now, and since when; null if it was read. */
  readonly failure: { readonly since: number; readonly problem: string } | null;
}

export interface WatchlistStore {
  readWatchlists(): Promise<readonly StoredWatchlist[]>;
  saveWatchlist(list: StoredWatchlist): Promise<void>;
  forgetWatchlist(column: WatchlistColumn): Promise<void>;
}

/** Reads the values of a column. @throws WatchlistError if there are no usable values */
export interface WatchlistSource {
  read(column: WatchlistColumn, signal: AbortSignal): Promise<readonly string[]>;
}

/** A watchlist that cannot be used. The message is the rest of a sentence about it. */
export class WatchlistError extends Error {
  override readonly name = "WatchlistError";
}

/** Maximum number of values of a column, and of their characters. They must fit into a row of the state. */
export const mostValues = 10_000;
const mostCharacters = 300_000;

/** A stored list that did not change is written again after this, so that its age is known. */
const rewriteMs = 60 * 60_000;

interface Parts {
  readonly source: WatchlistSource;
  readonly store: WatchlistStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly workspaceId: string;
}

/**
 * Returns the rules with the values of their watchlists, each of which is read once. If one cannot be read, its last
 * values apply, and the log says so.
 */
export async function resolveWatchlists(
  rules: readonly Rule[],
  parts: Parts,
  signal: AbortSignal,
): Promise<readonly Rule[]> {
  const wanted = watchlistsOf(rules);
  if (wanted.length === 0) {
    return rules;
  }
  const stored = new Map(
    (await parts.store.readWatchlists()).map((each) => [watchlistKey(each), each] as const),
  );
  const lists = await Promise.all(
    wanted.map(async (column) => {
      const before = stored.get(watchlistKey(column)) ?? null;
      const after = await refresh(column, before, parts, signal);
      return [watchlistKey(column), after.values] as const;
    }),
  );
  const values = new Map(lists);
  return rules.map((rule) => withWatchlists(rule, (use) => values.get(watchlistKey(use)) ?? null));
}

/** Forgets the values of columns that no rule uses any more. */
export async function forgetUnused(
  rules: readonly Rule[],
  store: Pick<WatchlistStore, "readWatchlists" | "forgetWatchlist">,
): Promise<void> {
  const wanted = new Set(watchlistsOf(rules).map(watchlistKey));
  for (const stored of await store.readWatchlists()) {
    if (!wanted.has(watchlistKey(stored))) {
      await store.forgetWatchlist(stored);
    }
  }
}

async function refresh(
  { watchlist, column }: WatchlistColumn,
  before: StoredWatchlist | null,
  { source, store, clock, log, workspaceId }: Parts,
  signal: AbortSignal,
): Promise<StoredWatchlist> {
  const now = clock.now();
  const known = {
    watchlist,
    column,
    values: before?.values ?? null,
    readAt: before?.readAt ?? null,
  };
  try {
    const values = usableValues(await source.read({ watchlist, column }, signal));
    const after = { watchlist, column, values, readAt: now, failure: null };
    if (isNews(before, after)) {
      await store.saveWatchlist(after);
    }
    return after;
  } catch (error) {
    signal.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    const after = { ...known, failure: { since: before?.failure?.since ?? now, problem } };
    log.warn("watchlist not read", {
      workspaceId,
      watchlist,
      column,
      problem,
      lastReadAt: known.readAt,
    });
    if (before?.failure?.problem !== problem) {
      await store.saveWatchlist(after);
    }
    return after;
  }
}

/** Reports whether a list that was read must be stored. */
function isNews(before: StoredWatchlist | null, after: StoredWatchlist): boolean {
  return (
    before === null ||
    before.failure !== null ||
    (after.readAt ?? 0) - (before.readAt ?? 0) >= rewriteMs ||
    JSON.stringify(before.values) !== JSON.stringify(after.values)
  );
}

/** Returns the usable values of a column. @throws WatchlistError if there are none, or too many */
export function usableValues(values: readonly string[]): readonly string[] {
  const distinct = [...new Set(values.map((value) => value.trim()))].filter(
    (value) => value !== "",
  );
  const characters = distinct.reduce((sum, { length }) => sum + length, 0);
  if (distinct.length === 0) {
    throw new WatchlistError("is empty, or there is no watchlist of that alias");
  }
  if (distinct.length > mostValues || characters > mostCharacters) {
    throw new WatchlistError(
      `has more than ${mostValues} values, or ${mostCharacters} characters, which is too much`,
    );
  }
  return distinct.toSorted();
}
