import { dynamic, own, type Fields } from "../../detection/signin/fields.ts";
import type { RelatedRecord } from "../../run/ports.ts";
import type { LogFile } from "./findLogFiles.ts";
import { InputError } from "./inputError.ts";
import { LineReader } from "./containers/lineReader.ts";
import type { Entry } from "./entry.ts";
import { RecordMaker } from "./envelopes/recordMaker.ts";
import { openPlainLines } from "./plainLines.ts";
import { readChunks } from "./readChunks.ts";
import { readRecords, type ReadOptions } from "./readRecords.ts";
import { foreignKind } from "./records/foreignKind.ts";
import { cutRanges, RelatedLines, type PlainLines, type RelatedTo } from "./search/search.ts";

/** The log type by which records of another kind are read. Other kinds say nothing about a finding. */
const kinds: ReadonlyMap<string, RelatedRecord["kind"]> = new Map([
  ["an Entra audit log", "audit"],
  ["a Unified Audit Log", "office"],
  ["a mailbox audit log", "office"],
  ["a list of Entra risk detections", "risk"],
] as const);

/**
 * Reads files again for what happened before, around and after the findings in them: sign-ins, and audit logs among
 * the files. A file that cannot be read, or not a second time, is left out. The first pass has reported it.
 */
export async function* relatedRecords(
  files: readonly LogFile[],
  wanted: RelatedTo,
  options: Omit<ReadOptions, "search" | "tally" | "onBytes"> & { readonly everyRow: boolean },
): AsyncGenerator<RelatedRecord> {
  const lines = options.everyRow ? null : RelatedLines.of(wanted);
  for (const file of files.filter(({ path }) => path !== null)) {
    try {
      const plain = lines && (await openPlainLines(file, options.signal));
      for await (const entries of lines === null || plain === null
        ? readRecords([file], { ...options, anyKind: true })
        : searched(plain, lines, options)) {
        for (const entry of entries) {
          if (entry.kind !== "record") {
            continue;
          }
          const kind = entry.isSignIn ? "signIn" : kinds.get(foreignKind(entry.record) ?? "");
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

/** Reads a file, parsing only the lines that match. */
async function* searched(
  plain: PlainLines,
  lines: RelatedLines,
  options: ReadOptions,
): AsyncGenerator<readonly Entry[]> {
  yield plain.entries;
  const ranges = cutRanges(plain);
  let range = ranges.next();
  for (; range.done !== true; range = ranges.next()) {
    options.signal?.throwIfAborted();
    yield lines.entries(range.value);
  }
  // A very long line is not searched, nor is what follows it.
  const entries: Entry[] = [];
  const reader = new LineReader(new RecordMaker(plain.source, (entry) => entries.push(entry)));
  const rest = { from: range.value, bytes: plain.bytes - range.value };
  for await (const chunk of rest.bytes > 0 ? readChunks(plain, options, rest) : []) {
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
