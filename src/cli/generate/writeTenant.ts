import { createWriteStream } from "node:fs";
import { appendFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StateError } from "../../state/disk/stateError.ts";
import type { SigninRow } from "../../tenant/row.ts";
import type { Output } from "../command.ts";
import { writePieces } from "../writePieces.ts";
import { batchSize, type LogWriter } from "./logWriters.ts";

export interface TenantLog {
  readonly rows: Iterable<SigninRow>;
  readonly writer: LogWriter;
  readonly signal: AbortSignal;
}

/** Writes to a reader at its pace, and stops when the reader has gone away. @returns the number of rows written */
export async function writeToOutput(log: TenantLog, output: Output): Promise<number> {
  const counted = countRows(log.rows);
  await writePieces(textOf(counted.rows, log.writer), output, log.signal);
  return counted.count();
}

/**
 * Writes files into a folder. If it fails, it removes the unfinished files.
 *
 * @returns the number of rows, and the files
 */
export async function writeToFolder(
  { rows, writer, signal }: TenantLog,
  folder: string,
): Promise<{ readonly rows: number; readonly files: readonly string[] }> {
  const counted = countRows(rows);
  const files = new Set<string>();
  try {
    const { file } = writer;
    if (typeof file === "string") {
      const path = join(folder, file);
      files.add(path);
      await pipeline(Readable.from(textOf(counted.rows, writer)), createWriteStream(path), {
        signal,
      });
    } else {
      await writeTree(counted.rows, (row) => join(folder, file(row)), { writer, signal, files });
    }
  } catch (cause) {
    // If something else has that name, the cause says so.
    await Promise.allSettled([...files].map((path) => rm(path, { force: true })));
    signal.throwIfAborted();
    throw cause instanceof Error && "code" in cause
      ? StateError.of(folder, "cannot be written", cause)
      : cause;
  }
  return { rows: counted.count(), files: [...files] };
}

async function writeTree(
  rows: Iterable<SigninRow>,
  pathOf: (row: SigninRow) => string,
  { writer, signal, files }: Omit<TenantLog, "rows"> & { readonly files: Set<string> },
): Promise<void> {
  for (const batch of batches(rows)) {
    signal.throwIfAborted();
    for (const [path, members] of groupBy(batch, pathOf)) {
      // Files of an earlier run are overwritten, not appended to.
      const flag = files.has(path) ? "a" : "w";
      if (!files.has(path)) {
        await mkdir(dirname(path), { recursive: true });
      }
      files.add(path);
      await appendFile(path, writer.batch(members), { flag });
    }
  }
}

function groupBy(
  rows: readonly SigninRow[],
  pathOf: (row: SigninRow) => string,
): ReadonlyMap<string, readonly SigninRow[]> {
  const groups = new Map<string, SigninRow[]>();
  for (const row of rows) {
    const path = pathOf(row);
    const group = groups.get(path) ?? [];
    group.push(row);
    groups.set(path, group);
  }
  return groups;
}

function* textOf(rows: Iterable<SigninRow>, writer: LogWriter): Generator<string> {
  const { begin, between, end } = writer;
  let before = begin;
  for (const batch of batches(rows)) {
    yield before + writer.batch(batch);
    before = between;
  }
  yield (before === begin ? begin : "") + end;
}

function* batches(rows: Iterable<SigninRow>): Generator<readonly SigninRow[]> {
  let batch: SigninRow[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}

function countRows(rows: Iterable<SigninRow>) {
  let count = 0;
  function* counting(): Generator<SigninRow> {
    for (const row of rows) {
      count++;
      yield row;
    }
  }
  return { rows: counting(), count: () => count };
}
