import type { CsvOptions } from "./containers/csvReader.ts";
import { csvShape } from "./containers/csvShape.ts";
import type { FileStart } from "./containers/fileStart.ts";
import type { Entry } from "./entry.ts";
import { RecordMaker } from "./envelopes/recordMaker.ts";
import type { LogFile } from "./findLogFiles.ts";
import { InputError } from "./inputError.ts";
import { openTable, rowsAtEnd, type LineSearch, type PlainTable } from "./search/search.ts";

/** Enough to see what the rows are like. */
const stepBytes = 64 * 1024;

/**
 * Recognises a CSV file that can be read from any row on. Returns null for others, and if the first rows are
 * not sign-ins with the names that detection reads.
 *
 * @param head whole lines
 */
export async function openPlainTable(
  { source, path, bytes }: LogFile,
  head: FileStart & { readonly at: number },
  dateOrder: CsvOptions["dateOrder"],
): Promise<PlainTable | null> {
  const found = csvShape(head);
  if (found === null || path === null || bytes === null) {
    return null;
  }
  const entries: Entry[] = [];
  const options = { ...found, dateOrder };
  const maker = new RecordMaker(source, (entry) => entries.push(entry), options);
  const reader = await openTable(maker, options);
  let at = 0;
  try {
    // This reader takes long, so it reads no more than it must.
    for (; at < head.bytes.length && reader.shape === null; at += stepBytes) {
      reader.push(head.bytes.subarray(at, at + stepBytes));
    }
  } catch (error) {
    if (error instanceof InputError) {
      // Reading all rows will report it.
      return null;
    }
    throw error;
  }
  const { names: header, shape } = reader;
  const lines = reader.lineNumber - 1;
  const held = shape === null ? null : reader.release(Infinity);
  if (header === null || shape === null || held === null) {
    return null;
  }
  const from = head.at + Math.min(at, head.bytes.length) - held.length;
  return { source, path, bytes, entries, from, lines, table: { ...options, header, shape } };
}

/** Returns the last records of the table, which show how far the file reaches. */
export async function lastRecords(
  plain: PlainTable,
  search: LineSearch,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const maker = new RecordMaker(plain.source, (entry) => entries.push(entry), plain.table);
  const reader = await openTable(maker, plain.table);
  reader.push(rowsAtEnd(plain, search));
  reader.end();
  return entries.filter((entry) => entry.kind === "record");
}
