import type { ColumnMetaData, Compressors, FileMetaData, PageHeader, RowGroup } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import {
  getMaxDefinitionLevel,
  getMaxRepetitionLevel,
  getSchemaPath,
} from "hyparquet/src/schema.js";
import { checkLevels, checkRuns, type Span } from "./parquetRuns.ts";

/** The source that hyparquet reads from. */
export interface Slices {
  readonly byteLength: number;
  slice(start: number, end?: number): ArrayBuffer | Promise<ArrayBuffer>;
}

/** An uncompressed page must fit into memory. */
export const maxPageBytes = 256 * 1024 * 1024;
/** Maximum numbers of rows in a group and values in a page. Writers end both far earlier. */
const maxRows = 10_000_000;
/** Maximum size of a page's header, which has a few numbers and the page's least and greatest value. */
const maxHeaderBytes = 64 * 1024;

/** How deep the values of a column are nested, which is the maximum of its levels. */
interface Levels {
  readonly repetition: number;
  readonly definition: number;
}

/**
 * Checks the sizes of columns, because in a bomb many columns share the same data.
 *
 * @throws RangeError
 */
export function checkSizes({ byteLength }: Slices, { row_groups: groups }: FileMetaData): void {
  const columns = groups.flatMap((group) => group.columns);
  const bytes = columns.reduce(
    (sum, { meta_data: column }) => sum + Number(column?.total_compressed_size ?? 0),
    0,
  );
  if (bytes > byteLength) {
    throw new RangeError(`the metadata claims ${bytes} bytes of columns`);
  }
}

/**
 * Checks the pages of a group of rows, and returns the number of values in the largest. hyparquet trusts headers and
 * runs: it would loop forever between pages of negative size, and create as many values as they claim.
 *
 * @throws RangeError if a claim cannot be true
 */
export async function checkPages(
  file: Slices,
  { schema }: FileMetaData,
  { columns, num_rows: claimed }: RowGroup,
  compressors: Compressors,
): Promise<number> {
  const rows = Number(claimed);
  if (!(rows >= 0 && rows <= maxRows)) {
    throw new RangeError(`a group claims ${rows} rows`);
  }
  let largest = 0;
  for (const { meta_data: column } of columns) {
    if (column === undefined) {
      throw new RangeError("the metadata lacks a column");
    }
    const path = getSchemaPath(schema, column.path_in_schema);
    const levels = {
      repetition: getMaxRepetitionLevel(path),
      definition: getMaxDefinitionLevel(path),
    };
    let values = 0;
    for (const size of pageSizes(await columnBytes(file, column), column, levels, compressors)) {
      values += size;
      largest = Math.max(largest, size);
    }
    if (levels.repetition > 0 ? values < rows : values !== rows) {
      throw new RangeError(`a column claims ${values} values for ${rows} rows`);
    }
  }
  return largest;
}

async function columnBytes(file: Slices, column: ColumnMetaData): Promise<Uint8Array> {
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  const length = Number(column.total_compressed_size);
  if (!(start >= 0 && length >= 0 && start + length <= file.byteLength)) {
    throw new RangeError("the metadata claims a column beyond the file's end");
  }
  return new Uint8Array(await file.slice(start, start + length));
}

/** Returns the number of values in each page of a column, without dictionaries. */
function* pageSizes(
  bytes: Uint8Array,
  column: ColumnMetaData,
  levels: Levels,
  compressors: Compressors,
): Generator<number> {
  for (let at = 0; at < bytes.length - 1;) {
    const headerBytes = Math.min(maxHeaderBytes, bytes.length - at);
    const reader = { view: new DataView(bytes.buffer, at, headerBytes), offset: 0 };
    const header = parquetHeader(reader);
    const begin = at + reader.offset;
    const packed = bounded(header.compressed_page_size, bytes.length - begin);
    bounded(header.uncompressed_page_size, maxPageBytes);
    at = begin + packed;
    const page = bytes.subarray(begin, at);
    const unpack = (part: Uint8Array, length: number) =>
      decompressPage(part, length, column.codec, compressors);
    switch (header.type) {
      case "DICTIONARY_PAGE":
        bounded(header.dictionary_page_header?.num_values, maxRows);
        break;
      case "DATA_PAGE":
        yield checkPage(unpack(page, header.uncompressed_page_size), header, column, levels);
        break;
      default:
        yield checkPage2(page, header, column, { ...levels, unpack });
    }
  }
}

/** Checks a page whose levels and values are packed together. Each list of levels begins with its length. */
function checkPage(
  page: Uint8Array,
  { data_page_header: header }: PageHeader,
  { type }: ColumnMetaData,
  { repetition, definition }: Levels,
): number {
  const count = bounded(header?.num_values, maxRows);
  let at = 0;
  for (const level of [repetition, definition].filter((most) => most > 0)) {
    at = checkLevels(sized(page, at), level, count);
  }
  checkValues({ bytes: page, from: at, to: page.length }, header?.encoding, type, count);
  return count;
}

/** Levels precede the values, and only the values are compressed. */
function checkPage2(
  page: Uint8Array,
  header: PageHeader,
  { type }: ColumnMetaData,
  {
    repetition,
    definition,
    unpack,
  }: Levels & { readonly unpack: (part: Uint8Array, length: number) => Uint8Array },
): number {
  const own = header.data_page_header_v2;
  const count = bounded(own?.num_values, maxRows);
  bounded(own?.num_nulls, count);
  bounded(own?.num_rows, count);
  const repeated = bounded(own?.repetition_levels_byte_length, page.length);
  const levelBytes = repeated + bounded(own?.definition_levels_byte_length, page.length - repeated);
  if (repetition > 0) {
    checkLevels({ bytes: page, from: 0, to: repeated }, repetition, count);
  }
  if (definition > 0) {
    checkLevels({ bytes: page, from: repeated, to: levelBytes }, definition, count);
  }
  const length = bounded(header.uncompressed_page_size - levelBytes, maxPageBytes);
  const rest = page.subarray(levelBytes);
  const bytes = own?.is_compressed !== false && length > 0 ? unpack(rest, length) : rest;
  checkValues({ bytes, from: 0, to: bytes.length }, own?.encoding, type, count);
  return count;
}

/** Checks values that are written as runs: dictionary indexes and some booleans. Each other value takes bytes. */
function checkValues(
  span: Span,
  encoding: string | undefined,
  type: ColumnMetaData["type"],
  count: number,
): void {
  if (encoding === undefined || !/^(?:PLAIN_DICTIONARY|RLE_DICTIONARY|RLE)$/.test(encoding)) {
    return;
  }
  if (type === "BOOLEAN") {
    checkRuns(sized(span.bytes, span.from), 1, count);
    return;
  }
  const width = span.bytes[span.from] ?? 0;
  checkRuns({ ...span, from: span.from + 1 }, width, count);
}

/** Returns the span of runs that are preceded by their length. */
function sized(bytes: Uint8Array, at: number): Span {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bounded(view.getUint32(at, true), bytes.length - at - 4);
  return { bytes, from: at + 4, to: at + 4 + length };
}

function bounded(value: number | undefined, most: number): number {
  if (value === undefined || !(Number.isSafeInteger(value) && value >= 0 && value <= most)) {
    throw new RangeError(`a page claims ${value ?? "nothing"}, of ${most} at most`);
  }
  return value;
}
