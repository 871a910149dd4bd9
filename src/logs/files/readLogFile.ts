import type { Container } from "../../run/inputSeen.ts";
import { newlineByte } from "./bytes.ts";
import { decodeText } from "./containers/decodeText.ts";
import type { Entry } from "./entry.ts";
import type { LogFile } from "./findLogFiles.ts";
import { findLayout, type LayoutOptions } from "./containers/fileLayouts.ts";
import { gunzip } from "./containers/gunzip.ts";
import { CompressionDamage } from "./containers/inflater.ts";
import { InputError } from "./inputError.ts";
import type { InputTally } from "./inputTally.ts";
import { foreignRecords, unknownText } from "./notSignIns.ts";
import { peek, resume } from "./containers/peek.ts";
import { RecordMaker } from "./envelopes/recordMaker.ts";
import { SignInsShown } from "./signInsShown.ts";
import { isZip, zipMarkBytes } from "./containers/zipDirectory.ts";

/** Enough text to recognise a layout by. */
const headBytes = 64 * 1024;
/** As much is taken when the first line is longer than that. */
const longHeadBytes = 1024 * 1024;

interface ReadLogOptions extends LayoutOptions {
  readonly tally?: InputTally;
  /** Gives out all records, also those of a file that is no sign-in log. */
  readonly anyKind?: boolean;
  /** What the file is in already. */
  readonly within?: readonly Container[];
}

/**
 * Reads the records of one file from its bytes, in batches of what one chunk brought.
 *
 * @throws NotSignIns when the file is something else; InputError when a date in it can be read in two ways
 */
export async function* readLogFile(
  file: LogFile,
  chunks: AsyncGenerator<Buffer>,
  options: ReadLogOptions = {},
): AsyncGenerator<readonly Entry[]> {
  const shown = new SignInsShown();
  const within = [...(options.within ?? [])];
  const bytes = gunzip(refuseZip(file.source, chunks), () => within.push("gzip"));
  try {
    for await (const entries of readEntries(file.source, decodeText(bytes), options, within)) {
      if (options.anyKind === true) {
        yield entries;
        continue;
      }
      const passed = shown.pass(entries);
      options.tally?.see(file.source, passed);
      if (shown.isSure) {
        throw foreignRecords(file.source, shown.kind);
      }
      // Whoever searches has to get around to it, though there is nothing to hand out.
      if (passed.length > 0 || options.search !== undefined) {
        yield passed;
      }
    }
    if (shown.isForeign) {
      throw foreignRecords(file.source, shown.kind);
    }
    const bad = shown.release();
    if (bad.length > 0) {
      yield bad;
    }
  } finally {
    // Also when a stage stopped before it had begun to pull.
    await chunks.return(undefined);
  }
}

async function* readEntries(
  source: string,
  text: AsyncGenerator<Buffer>,
  options: ReadLogOptions,
  within: readonly Container[],
): AsyncGenerator<readonly Entry[]> {
  let entries: Entry[] = [];
  const take = (): Entry[] => {
    const taken = entries;
    entries = [];
    return taken;
  };

  const damage: { cause: CompressionDamage | null } = { cause: null };
  const sound = untilDamage(text, damage);
  const head = await peek(sound, enoughText());
  const layout = findLayout(head);
  if (layout !== null) {
    options.tally?.begin(source, [...within, layout.container]);
    const maker = new RecordMaker(source, (entry) => entries.push(entry), options);
    const reader = await layout.open(maker, options);
    for await (const chunk of resume(head, sound)) {
      reader.push(chunk);
      yield take();
    }
    reader.end();
    // A record cut by damaged compression is part of that damage, not a second problem.
    yield take().filter((entry) => damage.cause === null || entry.kind === "record");
  } else if (!isBlankText(head.bytes)) {
    throw unknownText(source, head);
  } else {
    options.tally?.begin(source, within);
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

/** Whether a layout can be recognised by so much of a text; asked for each chunk in turn. */
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
