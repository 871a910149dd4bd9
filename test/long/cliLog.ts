import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { finished } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import { example } from "../e2e/cliProgram.ts";

const day = 86_400_000;

/** The example's day over and over, each time a day later and with new requests. */
function* days(count: number): Generator<string> {
  const text = gunzipSync(readFileSync(example)).toString();
  for (let turn = 0; turn < count; turn++) {
    yield turn === 0 ? text : shifted(text, turn);
  }
}

function shifted(text: string, turn: number): string {
  const mark = turn.toString(16).padStart(8, "0");
  return text
    .replace(/2026-03-(?:09|1[0-3])/g, (date) =>
      new Date(Date.parse(date) + turn * day).toISOString().slice(0, 10),
    )
    .replace(/\b177[23]\d{9}\b/g, (at) => String(Number(at) + turn * day))
    .replace(/("(?:Id|OriginalRequestId)":")[\da-f]{8}/g, `$1${mark}`);
}

export interface Written {
  readonly bytes: number;
  readonly days: number;
  readonly rows: number;
}

/** Writes a log of at least that size, in whole days. */
export async function writeLog(path: string, bytes: number): Promise<Written> {
  const file = createWriteStream(path);
  const written = { bytes: 0, days: 0, rows: 0 };
  for (const text of days(Infinity)) {
    if (!file.write(text)) {
      await once(file, "drain");
    }
    written.bytes += Buffer.byteLength(text);
    written.days++;
    written.rows += text.split("\n").length - 1;
    if (written.bytes >= bytes) {
      break;
    }
  }
  file.end();
  await finished(file);
  return written;
}
