import type { RelatedRecord, RelatedTo } from "../../run/signInFiles.ts";
import type { ByteRange } from "./bytes.ts";
import type { LogFile } from "./findLogFiles.ts";
import { InputError } from "./inputError.ts";
import { openPlain } from "./plainLines.ts";
import { readChunks } from "./readChunks.ts";
import { readRecords, type ReadOptions } from "./readRecords.ts";
import { relatedOf } from "./relatedOf.ts";
import {
  LineSearch,
  readerOf,
  relatedLines,
  type LineNotes,
  type PlainLines,
  type PlainTable,
  type SearchWorkers,
} from "./search/search.ts";

/** Lines that were searched before: the notes of them, and what can read some of them again. */
interface Searched {
  readonly notes: LineNotes;
  readonly workers: SearchWorkers;
}

/** Reading this many lines takes a few milliseconds. */
const linesAtOnce = 128;

/**
 * Reads files again for what happened before, around and after the findings in them: sign-ins, and audit logs among
 * the files. A file that cannot be read, or not a second time, is left out. The first pass has reported it.
 *
 * @param searched null if no lines were
 */
export async function* relatedRecords(
  files: readonly LogFile[],
  wanted: RelatedTo,
  searched: Searched | null,
  options: Omit<ReadOptions, "search" | "tally" | "onBytes">,
): AsyncGenerator<RelatedRecord> {
  // Without notes, everything is read as by the first pass.
  const cutting = searched && LineSearch.of([]);
  const how = { ...options, anyKind: true, ...(cutting && { cutting }) };
  for (const file of files.filter(({ path }) => path !== null)) {
    try {
      const plain = searched && (await openPlain(file, options));
      if (searched === null || plain === null) {
        for await (const entries of readRecords([file], how)) {
          yield* entries.flatMap(relatedOf);
        }
      } else {
        yield* noted(plain, searched, wanted, options);
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof InputError)) {
        throw error;
      }
    }
  }
}

/** Reads only the lines of a file that matter by their notes. */
async function* noted(
  plain: PlainLines | PlainTable,
  { notes, workers }: Searched,
  wanted: RelatedTo,
  options: ReadOptions,
): AsyncGenerator<RelatedRecord> {
  yield* plain.entries.flatMap(relatedOf);
  const { source, path } = plain;
  const file = notes.of(path);
  // A very long line was not searched, nor was what follows it.
  const from = file?.to ?? plain.from;
  const unsearched = [...(file?.unsearched ?? []), { from, bytes: plain.bytes - from }];
  const lines = file && relatedLines(path, file, wanted);
  const begun: (Promise<readonly RelatedRecord[]> | ByteRange)[] = [];
  const settle = async function* (left: number) {
    for (const each of begun.splice(0, Math.max(0, begun.length - left))) {
      yield* "from" in each ? whole(plain, each, options) : await each;
    }
  };
  for (const part of inFileOrder(lines?.places ?? [], unsearched)) {
    options.signal?.throwIfAborted();
    const table = file?.table ?? null;
    begun.push("from" in part ? part : workers.related({ source, path, table, places: part }));
    yield* settle(workers.ahead);
  }
  yield* settle(0);
  const found: RelatedRecord[] = [];
  const reader = await readerOf(plain, (entry) => found.push(...relatedOf(entry)));
  for (const line of lines?.successes() ?? []) {
    options.signal?.throwIfAborted();
    reader.line(line, 0);
    yield* found.splice(0);
  }
}

/** Returns some places at a time, and the parts that were not searched where they belong. */
function* inFileOrder(
  places: Iterable<number>,
  unsearched: readonly ByteRange[],
): Generator<readonly number[] | ByteRange> {
  const parts = [...unsearched];
  let group: number[] = [];
  for (const place of places) {
    const before = parts.findIndex(({ from }) => from >= place);
    const passed = parts.splice(0, before === -1 ? parts.length : before);
    if (group.length === linesAtOnce || passed.length > 0) {
      yield group;
      group = [];
    }
    yield* passed;
    group.push(place);
  }
  yield group;
  yield* parts;
}

/** Reads all of a part of a file. */
async function* whole(
  plain: PlainLines | PlainTable,
  part: ByteRange,
  options: ReadOptions,
): AsyncGenerator<RelatedRecord> {
  const found: RelatedRecord[] = [];
  const reader = await readerOf(plain, (entry) => found.push(...relatedOf(entry)));
  for await (const chunk of readChunks(plain, options, part)) {
    reader.push(chunk);
    yield* found.splice(0);
  }
  reader.end();
  yield* found;
}
