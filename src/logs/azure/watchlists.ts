import { kqlString } from "../../detection/incidents/kqlText.ts";
import { text } from "../../detection/signin/fields.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import { mostValues, WatchlistError, type WatchlistSource } from "../../run/watchlists.ts";
import { watchlistColumns } from "./columns.ts";
import type { Workspace } from "./logAnalytics.ts";
import { fillQuery } from "./renderQuery.ts";
import watchlistQuery from "./watchlist.kql";

/** Stands for the value of a column that the list does not have. No value of a list has such a character. */
const noColumn = "\u0001";

/** Sentinel writes the items of a list again every twelve days. */
const longestSilence = 30 * 86_400_000;

/** Reads a workspace's watchlists with `_GetWatchlist`. */
export function watchlists(workspace: Pick<Workspace, "ask">, now: () => number): WatchlistSource {
  return {
    async read({ watchlist, column }, signal) {
      const query = renderWatchlistQuery(watchlist, column);
      const range = { from: now() - longestSilence, to: now() };
      const answer = await workspace
        .ask({ template: watchlistQuery, text: query, range, columns: watchlistColumns }, signal)
        .catch((error: unknown) => {
          signal.throwIfAborted();
          const problem = error instanceof UpstreamError ? error.message : "no usable answer";
          throw new WatchlistError(`cannot be read: ${problem}`, { cause: error });
        });
      if (answer.kind === "partial") {
        throw new WatchlistError(`cannot be read whole: ${answer.reason}`);
      }
      const values = answer.rows.map((row) => text(row["Value"]) ?? "");
      if (values.includes(noColumn)) {
        throw new WatchlistError(`has no column ${column}`);
      }
      return values;
    },
  };
}

export function renderWatchlistQuery(watchlist: string, column: string): string {
  return fillQuery(watchlistQuery, {
    alias: kqlString(watchlist),
    column: kqlString(column),
    noColumn: kqlString(noColumn),
    mostRows: String(mostValues + 1),
  });
}
