import { newlineByte } from "./bytes.ts";
import type { Entry } from "./entry.ts";
import type { LogFile } from "./findLogFiles.ts";
import { findLayout } from "./containers/fileLayouts.ts";
import { LineReader } from "./containers/lineReader.ts";
import { readStart } from "./containers/fileStart.ts";
import { openPlainTable } from "./plainTable.ts";
import { readChunks, type ReadOptions } from "./readChunks.ts";
import { enoughText } from "./readLogFile.ts";
import { RecordMaker } from "./envelopes/recordMaker.ts";
import type { PlainLines, PlainTable } from "./search/search.ts";

/** Enough lines to recognise the names of their fields. They are parsed whether they matter or not. */
const headBytes = 64 * 1024;

/** Longer than most lines. */
const lastBytes = 16 * 1024;

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Recognises a file that can be read from any line on. Returns null for others, and if the first records are
 * not sign-ins with the names that detection reads.
 *
 * @throws InputError if it cannot be read
 */
export async function openPlain(
  file: LogFile,
  { signal, dateOrder = null }: Pick<ReadOptions, "signal" | "dateOrder">,
): Promise<PlainLines | PlainTable | null> {
  if (file.path === null || file.bytes === null) {
    return null;
  }
  const head = await readHead(file, signal);
  const isMarked = head.bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  const begin = isMarked ? byteOrderMark.length : 0;
  const text = head.bytes.subarray(begin);
  const whole = text.subarray(0, text.lastIndexOf(newlineByte) + 1);
  const container = findLayout({ ...head, bytes: text })?.container;
  if (container === "csv") {
    return openPlainTable(file, { bytes: whole, whole: head.whole, at: begin }, dateOrder);
  }
  if (container !== "ndjson") {
    return null;
  }
  const entries: Entry[] = [];
  const maker = new RecordMaker(file.source, (entry) => entries.push(entry));
  const reader = new LineReader(maker);
  reader.push(whole);
  if (!entries.some(isKnown) || entries.some(isUnsearchable)) {
    return null;
  }
  const { source, path, bytes } = file;
  const lines = reader.lineNumber - 1;
  const last = await readLast(file, begin + whole.length, signal);
  return { source, path, bytes, entries, last, from: begin + whole.length, lines };
}

/** Returns the last line of the rest of a file, unless it is unusually long. */
async function readLast(
  file: LogFile,
  from: number,
  signal: AbortSignal | undefined,
): Promise<readonly Entry[]> {
  const at = Math.max(from, (file.bytes ?? 0) - lastBytes);
  const range = { from: at, bytes: (file.bytes ?? 0) - at };
  const parts: Buffer[] = [];
  for await (const chunk of readChunks(file, signal ? { signal } : {}, range)) {
    parts.push(chunk);
  }
  const text = Buffer.concat(parts).toString("utf8").trimEnd();
  const line = text.slice(text.lastIndexOf("\n") + 1);
  const entries: Entry[] = [];
  if (line !== "") {
    const maker = new RecordMaker(file.source, (entry) => entries.push(entry));
    new LineReader(maker).line(Buffer.from(line), 0);
  }
  return entries.filter((entry) => entry.kind === "record");
}

function isKnown(entry: Entry): boolean {
  return entry.kind === "record" && entry.isSignIn;
}

/** With other spellings and envelopes, names and codes are not where a search looks for them. */
function isUnsearchable(entry: Entry): boolean {
  return entry.kind === "record" && entry.isSignIn && !entry.isExact;
}

async function readHead(file: LogFile, signal: AbortSignal | undefined) {
  const chunks = readChunks(file, signal ? { signal } : {}, undefined, headBytes);
  try {
    return await readStart(chunks, enoughText());
  } finally {
    await chunks.return(undefined);
  }
}
