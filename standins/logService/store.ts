import type { Column, TableSchema } from "./columns.ts";
import type { Row } from "./frame.ts";
import { toRow, type Publication } from "./toRow.ts";

/** The rows of one table in one workspace. */
interface Shelf {
  /** In order of ingestion, once sorted. */
  rows: Row[];
  isSorted: boolean;
}

export interface Store {
  add(workspaceId: string, table: string, publications: Iterable<Publication>): void;
  /** Returns the rows ingested by then, in order of ingestion. */
  visible(workspaceId: string, table: string, now: string): readonly Row[];
  /** Reports whether no table of the workspace has a row ingested by then. */
  isEmpty(workspaceId: string, now: string): boolean;
  /** Returns undefined if the table does not exist. */
  columnsOf(table: string): readonly Column[] | undefined;
}

export function createStore(tables: Readonly<Record<string, TableSchema>>): Store {
  const columns = new Map(
    Object.entries(tables).map(([table, schema]) => [
      table,
      Object.entries(schema).map(([name, type]) => ({ name, type })),
    ]),
  );
  const shelves = new Map<string, Shelf>();
  const keyOf = (workspaceId: string, table: string) => `${workspaceId.toLowerCase()} ${table}`;

  return {
    add(workspaceId, table, publications) {
      const schema = columns.get(table);
      if (schema === undefined) {
        throw new Error(`The stand-in has no table ${table}.`);
      }
      const key = keyOf(workspaceId, table);
      const shelf = shelves.get(key) ?? { rows: [], isSorted: true };
      shelves.set(key, shelf);
      for (const publication of publications) {
        shelf.rows.push(toRow(publication, table, schema));
      }
      shelf.isSorted = false;
    },
    visible(workspaceId, table, now) {
      const shelf = shelves.get(keyOf(workspaceId, table));
      if (shelf === undefined) {
        return [];
      }
      // Sorting is stable, and fast if rows were added in order.
      if (!shelf.isSorted) {
        shelf.rows.sort((a, b) => (a.published < b.published ? -1 : 1));
      }
      shelf.isSorted = true;
      const end = firstIndex(shelf.rows, ({ published }) => published > now);
      return shelf.rows.slice(0, end);
    },
    isEmpty: (workspaceId, now) =>
      [...columns.keys()].every((table) => {
        const shelf = shelves.get(keyOf(workspaceId, table));
        return shelf === undefined || !shelf.rows.some(({ published }) => published <= now);
      }),
    columnsOf: (table) => columns.get(table),
  };
}

/** Returns the first index for which `reached` is true. It must be true for all later ones. */
function firstIndex<T>(items: readonly T[], reached: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && reached(item)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
