import { open } from "node:fs/promises";
import type { LogFile } from "../findLogFiles.ts";
import { NotSignIns } from "../notSignIns.ts";
import type { RecordMaker } from "../envelopes/recordMaker.ts";
import { plainValue } from "./binaryValue.ts";
import type { Slices } from "./parquetPages.ts";

const mark = Buffer.from("PAR1", "latin1");
/** A file that cannot be read in parts must fit into memory. */
const maxFileBytes = 512 * 1024 * 1024;
/** Limits for the number of rows read at a time: the rows of a page, because each read uncompresses the whole page. */
const fewestAtOnce = 10_000;
const mostAtOnce = 100_000;

export function isParquet(head: Buffer): boolean {
  return head.subarray(0, mark.length).equals(mark);
}

/** Reads a Parquet file from disk. Yields after some rows, so that they can be taken. */
export async function* readParquetFile(
  maker: RecordMaker,
  path: string,
  { source, bytes }: Pick<LogFile, "source" | "bytes">,
): AsyncGenerator<void> {
  const file = await open(path);
  try {
    yield* readParquet(maker, {
      byteLength: bytes ?? 0,
      slice: async (start, end = bytes ?? 0) => {
        const length = Math.max(0, Math.min(end, bytes ?? 0) - start);
        const part = await file.read(Buffer.alloc(length), 0, length, start);
        return part.buffer.buffer.slice(part.buffer.byteOffset, part.buffer.byteOffset + length);
      },
    });
  } catch (error) {
    throw asProblem(source, error);
  } finally {
    await file.close();
  }
}

/** Reads a Parquet file from elsewhere, such as an archive. */
export async function* readParquetBytes(
  maker: RecordMaker,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<void> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length > maxFileBytes) {
      const problem = "a Parquet file of more than 512 MB can only be read unpacked, from the disk";
      throw new NotSignIns(maker.source, "a Parquet file that is too large in there", problem);
    }
  }
  const { buffer } = new Uint8Array(Buffer.concat(parts));
  try {
    yield* readParquet(maker, {
      byteLength: length,
      slice: (start, end) => buffer.slice(start, end),
    });
  } catch (error) {
    throw asProblem(maker.source, error);
  }
}

async function* readParquet(maker: RecordMaker, file: Slices): AsyncGenerator<void> {
  // Loaded only when needed, because few files are Parquet.
  const [
    { parquetMetadataAsync, parquetReadObjects, parquetSchema },
    { compressors },
    { checkPages, checkSizes, maxPageBytes },
  ] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
    import("./parquetPages.ts"),
  ]);
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  maker.columns(parquetSchema(metadata).children.map(({ element }) => element.name));
  const bounded = Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number) => {
        if (length > maxPageBytes) {
          throw new RangeError("a page claims more than 256 MB");
        }
        return unpack(input, length);
      },
    ]),
  );
  checkSizes(file, metadata);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const pageRows = await checkPages(file, metadata, group, bounded);
    const rowsAtOnce = Math.min(Math.max(pageRows, fewestAtOnce), mostAtOnce);
    const groupEnd = rowStart + Number(group.num_rows);
    while (rowStart < groupEnd) {
      const rowEnd = Math.min(groupEnd, rowStart + rowsAtOnce);
      const options = { file, metadata, rowStart, rowEnd, compressors: bounded };
      const found = await parquetReadObjects({ ...options, geoparquet: false });
      for (const [index, row] of found.entries()) {
        const place = { source: maker.source, line: null, index: rowStart + index };
        maker.value(plainValue(row), place);
      }
      rowStart = rowEnd;
      yield;
    }
  }
}

/** Describes an error of the reader on a broken file, without quoting the file. */
function asProblem(source: string, error: unknown): unknown {
  if (error instanceof NotSignIns || !(error instanceof Error) || error.name === "InputError") {
    return error;
  }
  const [reason = ""] =
    /^(?:a (?:page|group|column) claims [^\n]{0,50}|.*metadata.*|.*codec.*)$/.exec(error.message) ??
    [];
  const problem = `the Parquet file is cut off or broken${reason === "" ? "" : `: ${reason.slice(0, 120)}`}`;
  return new NotSignIns(source, "a Parquet file that cannot be read", problem);
}
