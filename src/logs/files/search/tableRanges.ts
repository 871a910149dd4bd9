import { readSync } from "node:fs";
import { newlineByte } from "../bytes.ts";
import { fullRangeBytes, type PlainLines } from "./lineRanges.ts";
import type { TableShape } from "../containers/tableShape.ts";
import type { LineSearch } from "./lineSearch.ts";
import type { Table, TableRange } from "./tableSearch.ts";
import { withFile } from "./withFile.ts";

/** A CSV file on disk. The first rows have been read. */
export interface PlainTable extends Omit<PlainLines, "last"> {
  readonly table: Table;
}

/** Longer than almost all rows. */
const stepBytes = 64 * 1024;
/** Longer than most rows. */
const lastBytes = 16 * 1024;

/**
 * Cuts the rest of a table into ranges, where a row seems to begin. It may be that none does, because a quoted cell can
 * have rows in it: the search of the range before shows it.
 *
 * @returns the end of the file
 * @throws InputError when the file cannot be read
 */
export function* cutTable(
  { source, path, from, bytes, table }: PlainTable,
  search: LineSearch,
  rangeBytes = fullRangeBytes,
): Generator<TableRange, number> {
  for (let at = from; at < bytes;) {
    const next = at + rangeBytes;
    const step = next < bytes ? read({ source, path }, search, next) : 0;
    const to = next < bytes ? next + (rowStart(search, step, table.shape) ?? 0) : bytes;
    yield { source, path, from: at, to, table };
    at = to;
  }
  return bytes;
}

/** Returns the last whole rows of a table. */
export function rowsAtEnd(
  { source, path, from, bytes, table }: PlainTable,
  search: LineSearch,
): Buffer {
  const length = read({ source, path }, search, Math.max(from, bytes - lastBytes));
  const start = rowStart(search, length, table.shape) ?? length;
  return Buffer.from(search.buffer.bytes.subarray(start, length));
}

/** Puts a part of the file into the buffer of a search. Returns its length. */
function read(place: Pick<PlainTable, "source" | "path">, search: LineSearch, at: number): number {
  return withFile(place, (file) => readSync(file, search.buffer.bytes, 0, stepBytes, at));
}

/** Returns the offset in the buffer behind the first newline that a whole row seems to follow; null if there is none. */
function rowStart(search: LineSearch, length: number, shape: TableShape): number | null {
  const { at, bytes } = search.buffer;
  const text = bytes.subarray(0, length);
  for (
    let start = text.indexOf(newlineByte) + 1;
    start > 0;
    start = text.indexOf(newlineByte, start) + 1
  ) {
    const { lines, blank } = search.scanRows(at + start, at + length, shape);
    if (lines > blank) {
      return start;
    }
  }
  return null;
}
