import { newlineByte } from "./bytes.ts";
import { decodeText } from "./decodeText.ts";
import { findDialect, type DialectOptions } from "./dialects.ts";
import type { Entry } from "./entry.ts";
import type { LogFile } from "./findLogFiles.ts";
import { gunzip } from "./gunzip.ts";
import { CompressionDamage } from "./inflater.ts";
import { InputError } from "./inputError.ts";
import { peek, resume } from "./peek.ts";
import { SignInColumns } from "./signInColumns.ts";
import { isZip, zipMarkBytes } from "./zipDirectory.ts";

/** Enough text to recognise a dialect by. */
const headBytes = 64 * 1024;
/** As much is taken when the first line is longer than that. */
const longHeadBytes = 1024 * 1024;

const unknownShape =
  "this is no sign-in log of a known shape (NDJSON, JSON array, records envelope, Graph page, query answer, or CSV with the portals' English headers; plain, gzip or zip)";

/**
 * Reads the entries of one file from its bytes, in batches of what one chunk brought.
 *
 * @throws InputError when the bytes are of no known shape, or are JSON but nothing like a log,
 *   and when a date in CSV can be read in two ways.
 */
export async function* readLogFile(
  file: LogFile,
  chunks: AsyncGenerator<Buffer>,
  options: DialectOptions = {},
): AsyncGenerator<readonly Entry[]> {
  const columns = new SignInColumns();
  const bytes = refuseZip(file.source, chunks);
  try {
    for await (const entries of readEntries(file.source, decodeText(gunzip(bytes)), options)) {
      columns.see(entries);
      if (columns.foreign) {
        throw new InputError(file.source, unknownShape);
      }
      // Whoever searches has to get around to it, though there is nothing to hand out.
      if (entries.length > 0 || options.search !== undefined) {
        yield entries;
      }
    }
    if (columns.foreignAfterAll) {
      throw new InputError(file.source, unknownShape);
    }
  } finally {
    // Also when a stage stopped before it had begun to pull.
    await chunks.return(undefined);
  }
}

async function* readEntries(
  source: string,
  text: AsyncGenerator<Buffer>,
  options: DialectOptions,
): AsyncGenerator<Entry[]> {
  let entries: Entry[] = [];
  const take = (): Entry[] => {
    const taken = entries;
    entries = [];
    return taken;
  };

  const damage: { cause: CompressionDamage | null } = { cause: null };
  const sound = untilDamage(text, damage);
  const head = await peek(sound, enoughText());
  const open = findDialect(head);
  if (open) {
    const emit = (entry: Entry) => {
      entries.push(entry);
    };
    const reader = await open(source, emit, options);
    for await (const chunk of resume(head, sound)) {
      reader.push(chunk);
      yield take();
    }
    reader.end();
    // A record cut by damaged compression is part of that damage, not a second problem.
    yield take().filter((entry) => damage.cause === null || entry.kind === "record");
  } else if (!isBlankText(head.bytes)) {
    throw new InputError(source, unknownShape);
  }

  if (damage.cause) {
    const place = { source, line: null, index: null };
    yield [{ kind: "bad", reason: damage.cause.message, place }];
  }
}

/** Where bytes only come one after the other, the directory of a zip file, at its end, comes too late. */
async function* refuseZip(source: string, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await peek(chunks, (bytes) => bytes >= zipMarkBytes);
  if (isZip(head.bytes)) {
    throw new InputError(
      source,
      "a zip file cannot be read from a pipe, and not inside another one; save it and name the file",
    );
  }
  yield* resume(head, chunks);
}

/** Ends the text where its compression is damaged, and leaves a note. */
async function* untilDamage(
  text: AsyncGenerator<Buffer>,
  damage: { cause: CompressionDamage | null },
): AsyncGenerator<Buffer> {
  try {
    yield* text;
  } catch (error) {
    if (!(error instanceof CompressionDamage)) {
      throw error;
    }
    damage.cause = error;
  }
}

/** Whether a dialect can be told by so much of a text; asked for each chunk in turn. */
export function enoughText(): (bytes: number, last: Buffer) => boolean {
  let hasLines = false;
  return (bytes, last) => {
    hasLines ||= last.includes(newlineByte);
    return bytes >= (hasLines ? headBytes : longHeadBytes);
  };
}

function isBlankText(bytes: Buffer): boolean {
  return bytes.toString("latin1").trim() === "";
}
