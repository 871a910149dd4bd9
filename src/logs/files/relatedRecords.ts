import { dynamic, own, type Fields } from "../../detection/signin/fields.ts";
import type { RelatedRecord, RelatedTo } from "../../run/signInFiles.ts";
import type { ByteRange } from "./bytes.ts";
import type { LogFile } from "./findLogFiles.ts";
import { InputError } from "./inputError.ts";
import type { Entry } from "./entry.ts";
import { openPlain } from "./plainLines.ts";
import { readChunks } from "./readChunks.ts";
import { readRecords, type ReadOptions } from "./readRecords.ts";
import { foreignKind, relatedKinds } from "./records/foreignKind.ts";
import {
  LineSearch,
  readerOf,
  relatedLines,
  type LineNotes,
  type PlainLines,
  type PlainTable,
} from "./search/search.ts";

/**
 * Reads files again for what happened before, around and after the findings in them: sign-ins, and audit logs among
 * the files. A file that cannot be read, or not a second time, is left out. The first pass has reported it.
 *
 * @param notes of the lines that were searched before; null if none were
 */
export async function* relatedRecords(
  files: readonly LogFile[],
  wanted: RelatedTo,
  notes: LineNotes | null,
  options: Omit<ReadOptions, "search" | "tally" | "onBytes">,
): AsyncGenerator<RelatedRecord> {
  // Without notes, everything is read as by the first pass.
  const cutting = notes && LineSearch.of([]);
  for (const file of files.filter(({ path }) => path !== null)) {
    try {
      const plain = notes && (await openPlain(file, options));
      for await (const entries of notes === null || plain === null
        ? readRecords([file], { ...options, anyKind: true, ...(cutting && { cutting }) })
        : noted(plain, notes, wanted, options)) {
        for (const entry of entries) {
          if (entry.kind !== "record") {
            continue;
          }
          const kind = entry.isSignIn
            ? "signIn"
            : relatedKinds.get(foreignKind(entry.record) ?? "");
          if (kind !== undefined) {
            yield { kind, record: kind === "signIn" ? entry.record : unwrapped(entry.record) };
          }
        }
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
  notes: LineNotes,
  wanted: RelatedTo,
  options: ReadOptions,
): AsyncGenerator<readonly Entry[]> {
  yield plain.entries;
  const entries: Entry[] = [];
  const reader = await readerOf(plain, (entry) => entries.push(entry));
  const file = notes.of(plain.path);
  // A very long line was not searched, nor was what follows it.
  const from = file?.to ?? plain.from;
  const unsearched = [...(file?.unsearched ?? []), { from, bytes: plain.bytes - from }];
  const reached = { place: 0 };
  for (const line of file === undefined ? [] : relatedLines(plain.path, file, wanted, reached)) {
    options.signal?.throwIfAborted();
    // In file order, as long as the lines are.
    while (unsearched[0] !== undefined && unsearched[0].from < reached.place) {
      yield* whole(plain, unsearched.shift(), options);
    }
    reader.line(line, 0);
    yield entries.splice(0);
  }
  for (const part of unsearched) {
    yield* whole(plain, part, options);
  }
}

/** Reads all of a part of a file. */
async function* whole(
  plain: PlainLines | PlainTable,
  part: ByteRange | undefined,
  options: ReadOptions,
): AsyncGenerator<readonly Entry[]> {
  const entries: Entry[] = [];
  const reader = await readerOf(plain, (entry) => entries.push(entry));
  for await (const chunk of readChunks(plain, options, part)) {
    reader.push(chunk);
    yield entries.splice(0);
  }
  reader.end();
  yield entries;
}

/** A diagnostic record has the event under `properties`. */
function unwrapped(record: Fields): Fields {
  return { ...record, ...dynamic(own(record, "properties")) };
}
