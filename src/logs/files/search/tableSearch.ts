import { readSync } from "node:fs";
import type { ClassifyOptions } from "../../../detection/signin/classify.ts";
import type { ByteRange } from "../bytes.ts";
import type { CsvOptions, CsvReader } from "../containers/csvReader.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import { Collected } from "./collected.ts";
import type { TableShape } from "../containers/tableShape.ts";
import type { LineSearch } from "./lineSearch.ts";
import { searchRange, stepBytes, type LineRange, type RangeFindings } from "./rangeSearch.ts";
import { RowFilter } from "./rowFilter.ts";
import { withFile } from "./withFile.ts";

/** How the rows of a CSV file are read. Plain data, so that threads can exchange it. */
export interface Table extends CsvOptions {
  readonly header: readonly string[];
  readonly shape: TableShape;
}

/** Rows of a CSV file. The first begins at `from`; the last may end behind `to`. */
export interface TableRange extends LineRange {
  readonly table: Table;
  /** The number of the first line, if messages are to name lines of the file. */
  readonly line?: number;
}

/**
 * Reads and searches a range of rows, and parses those that are wanted. Synchronous as `searchRange`.
 *
 * @throws InputError when the file cannot be read, or a time in it is ambiguous
 */
async function searchTable(
  search: LineSearch,
  { source, path, from, to, table, line = 1 }: TableRange,
  how: ClassifyOptions,
): Promise<RangeFindings> {
  const collected = new Collected(how);
  const maker = new RecordMaker(source, (entry) => collected.add(entry), table);
  const reader = await openTable(maker, table);
  const unsearched: ByteRange[] = [];
  const sink = {
    passed: (rows: number) => collected.pass(rows),
    notes: (notes: Uint32Array, before: number) => collected.addNotes(notes, before),
    unsearched: (start: number, end: number) =>
      end > start && unsearched.push({ from: from + start, bytes: end - start }),
  };
  reader.lineNumber = line;
  const filter = new RowFilter(search, reader, sink, table.shape);
  let at = from;
  withFile({ source, path }, (file) => {
    while (from + (filter.settled ?? -Infinity) < to) {
      // The last row may reach into the next range.
      const length = at < to ? Math.min(stepBytes, to - at) : stepBytes;
      const bytes = readSync(file, search.buffer.bytes, 0, length, at);
      if (bytes === 0) {
        filter.end();
        break;
      }
      filter.advance(bytes);
      at += bytes;
    }
  });
  return {
    extract: collected.take(),
    lines: filter.line - line,
    seen: collected.seen,
    notes: collected.notes,
    unsearched,
    to: from + (filter.settled ?? at - from),
  };
}

/** Returns a reader of rows: behind the header if that is given, otherwise from there on. */
export async function openTable(
  maker: RecordMaker,
  table: CsvOptions & Partial<Table>,
): Promise<CsvReader> {
  // Loaded only when needed, because few files are CSV.
  const { CsvReader: Reader } = await import("../containers/csvReader.ts");
  const reader = new Reader(maker, table);
  if (table.header !== undefined) {
    reader.resume(table.header);
  }
  return reader;
}

/** Searches lines, or rows of a table. */
export function searchAny(
  search: LineSearch,
  range: LineRange | TableRange,
  how: ClassifyOptions,
): RangeFindings | Promise<RangeFindings> {
  return "table" in range ? searchTable(search, range, how) : searchRange(search, range, how);
}
