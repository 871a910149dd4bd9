import { InputError } from "../../../src/logs/files/inputError.ts";
import { readLogFile } from "../../../src/logs/files/readLogFile.ts";
import type { Entry } from "../../../src/logs/files/readRecords.ts";

/** A record as small as one can be and still be known for a sign-in. */
export const row = (id: number) => ({ Id: String(id), ResultType: "500121" });

export const rows = (count: number) => Array.from({ length: count }, (_, id) => row(id));

export const ndjson = (records: readonly object[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** A query answer of Log Analytics with the records' keys as columns. */
export function answer(records: readonly Readonly<Record<string, unknown>>[]) {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return {
    tables: [
      {
        name: "PrimaryResult",
        columns: names.map((name) => ({ name, type: "dynamic" })),
        rows: records.map((record) =>
          names.map((name) => (Object.hasOwn(record, name) ? record[name] : null)),
        ),
      },
    ],
  };
}

interface Reading {
  readonly source?: string;
  readonly dateOrder?: "dmy" | "mdy";
}

/** Reads what a file of these bytes would give, in chunks of the given size. */
export async function read(
  content: string | Buffer,
  chunkBytes = 64 * 1024,
  options: Reading = {},
): Promise<readonly Entry[]> {
  const bytes = Buffer.from(content);
  return readCut(
    Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
      bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
    ),
    options,
  );
}

export async function readCut(
  chunks: Iterable<Buffer>,
  { source = "logs.json", ...options }: Reading = {},
): Promise<readonly Entry[]> {
  const file = { source, path: source, bytes: null };
  const entries: Entry[] = [];
  for await (const batch of readLogFile(file, stream(chunks), options)) {
    for (const entry of batch) {
      entries.push(entry);
    }
  }
  return entries;
}

export const recordsIn = (entries: readonly Entry[]) =>
  entries.flatMap((entry) => (entry.kind === "record" ? [entry.record] : []));

/** The bad entries as "where: reason", where a line is "3", an element "[3]". */
export const problemsIn = (entries: readonly Entry[]) =>
  entries.flatMap((entry) => {
    if (entry.kind === "record") {
      return [];
    }
    const { line, index } = entry.place;
    return [`${line ?? ""}${index === null ? "" : `[${index}]`}: ${entry.reason}`];
  });

/** What stands in the way of reading a file at all. */
export async function refusal(content: string | Buffer, options: Reading = {}): Promise<string> {
  try {
    const entries = await read(content, undefined, options);
    return `read ${entries.length} entries`;
  } catch (error) {
    if (error instanceof InputError) {
      return error.message;
    }
    throw error;
  }
}

async function* stream(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}
