import { newlineByte } from "./bytes.ts";
import type { Entry } from "./entry.ts";
import type { LogFile } from "./findLogFiles.ts";
import { jsonShape } from "./jsonShape.ts";
import { LineReader } from "./lineReader.ts";
import { peek } from "./peek.ts";
import { readChunks } from "./readChunks.ts";
import { enoughText } from "./readLogFile.ts";
import type { PlainLines } from "./search/search.ts";
import { SignInColumns } from "./signInColumns.ts";

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Recognises a file of which any part can be read by itself. Null for others, and where the first lines are no
 * sign-ins.
 *
 * @throws InputError when it cannot be read
 */
export async function openPlainLines(
  file: LogFile,
  signal: AbortSignal | undefined,
): Promise<PlainLines | null> {
  if (file.path === null || file.bytes === null) {
    return null;
  }
  const head = await readHead(file, signal);
  const isMarked = head.bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  const begin = isMarked ? byteOrderMark.length : 0;
  const text = head.bytes.subarray(begin);
  if (jsonShape({ ...head, bytes: text }) !== "lines") {
    return null;
  }
  const whole = text.subarray(0, text.lastIndexOf(newlineByte) + 1);
  const entries: Entry[] = [];
  const reader = new LineReader(file.source, (entry) => entries.push(entry));
  reader.push(whole);
  const columns = new SignInColumns();
  columns.see(entries);
  if (!columns.met) {
    return null;
  }
  const { source, path, bytes } = file;
  const lines = reader.lineNumber - 1;
  return { source, path, bytes, entries, from: begin + whole.length, lines };
}

async function readHead(file: LogFile, signal: AbortSignal | undefined) {
  const chunks = readChunks(file, signal ? { signal } : {});
  try {
    return await peek(chunks, enoughText());
  } finally {
    await chunks.return(undefined);
  }
}
