import type { TableClient } from "@azure/data-tables";
import type { WatchlistColumn } from "../../detection/signin/selector.ts";
import type { StoredWatchlist, WatchlistStore } from "../../run/watchlists.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { hashKey, rowKeys, rowRanges } from "./stateKeys.ts";
import { TableRows } from "./tableRows.ts";

/** The watchlists last read, in the partition of their workspace. */
export class TableWatchlists implements WatchlistStore {
  readonly #rows: TableRows;

  /** @param name the partition's name, the same as that of the workspace's state */
  constructor(client: TableClient, name: string, signal?: AbortSignal) {
    this.#rows = new TableRows(client, hashKey(name), signal);
  }

  async readWatchlists(): Promise<readonly StoredWatchlist[]> {
    const { from, to } = rowRanges.watchlists;
    const rows = await this.#rows.list(from, to);
    return rows.map((row) => fromJsonProperties(row) as StoredWatchlist);
  }

  /** If two runs write at the same time, the later write counts. Both read the same list. */
  async saveWatchlist(list: StoredWatchlist): Promise<void> {
    const change = { rowKey: rowKeys.watchlist(list), properties: toJsonProperties(list) };
    await this.#rows.transact([{ kind: "upsert", ...change }]);
  }

  async forgetWatchlist(column: WatchlistColumn): Promise<void> {
    await this.#rows.transact([{ kind: "delete", rowKey: rowKeys.watchlist(column) }]);
  }
}
