import type { Container } from "../../run/inputSeen.ts";
import { newlineByte } from "./bytes.ts";
import { decodeText } from "./containers/decodeText.ts";
import type { Entry } from "./entry.ts";
import type { LogFile } from "./findLogFiles.ts";
import { findLayout, type LayoutOptions } from "./containers/fileLayouts.ts";
import { gunzip } from "./containers/gunzip.ts";
import { CompressionDamage } from "./containers/inflater.ts";
import type { InputTally } from "./inputTally.ts";
import { isLogPath, logNamePatterns } from "./logNames.ts";
import { foreignRecords, NotSignIns, unknownText } from "./notSignIns.ts";
import { passingOver } from "./passingOver.ts";
import { isAvro, readAvro } from "./containers/readAvro.ts";
import { isParquet, readParquetBytes, readParquetFile } from "./containers/readParquet.ts";
import { isTar, readTar, TarDamage } from "./containers/readTar.ts";
import { readStart, resume } from "./containers/fileStart.ts";
import { RecordMaker } from "./envelopes/recordMaker.ts";
import { SignInsShown } from "./signInsShown.ts";
import { isZip, zipMarkBytes } from "./containers/zipDirectory.ts";

/** Enough text to recognise a layout, in bytes. */
const headBytes = 64 * 1024;
/** The number of bytes read if the first line is longer than that. */
const longHeadBytes = 1024 * 1024;

/** The number of bytes needed to recognise an archive. */
const markBytes = 512;
/** Maximum depth of archives within archives. */
const mostContainers = 4;

interface Damage {
  cause: CompressionDamage | null;
}

interface ReadLogOptions extends LayoutOptions {
  readonly tally?: InputTally;
  /** Whether to return all records, including those of a file that is not a sign-in log. */
  readonly anyKind?: boolean;
  /** The containers around the file. */
  readonly within?: readonly Container[];
}

/**
 * Reads the records of one file from its bytes, in one batch per chunk.
 *
 * @throws NotSignIns if the file is something else; InputError if a date in it is ambiguous
 */
export async function* readLogFile(
  file: LogFile,
  chunks: AsyncGenerator<Buffer>,
  options: ReadLogOptions = {},
): AsyncGenerator<readonly Entry[]> {
  const within = [...(options.within ?? [])];
  const damage: Damage = { cause: null };
  const bytes = gunzip(refuseZip(file.source, chunks), () => within.push("gzip"));
  const sound = untilDamage(bytes, damage);
  try {
    const head = await readStart(sound, (count) => count >= markBytes);
    const whole = resume(head, sound);
    if (isTar(head.bytes)) {
      yield* readMembers(file, whole, { ...options, within: [...within, "tar"] });
      return;
    }
    const entries: Entry[] = [];
    const maker = new RecordMaker(file.source, (entry) => entries.push(entry), options);
    const turns = isAvro(head.bytes)
      ? readAvro(maker, whole)
      : isParquet(head.bytes)
        ? openParquet(file, maker, whole, within)
        : readText(maker, decodeText(whole), options, within);
    if (isAvro(head.bytes) || isParquet(head.bytes)) {
      options.tally?.begin(file.source, [...within, isAvro(head.bytes) ? "avro" : "parquet"]);
    }
    yield* signInsOf(file, turns, { entries, damage }, options);
  } finally {
    // Necessary even if a stage stopped before it began to pull.
    await chunks.return(undefined);
  }
}

/** Yields the records so far, turn by turn, once one of them is recognisably a sign-in. */
async function* signInsOf(
  { source }: LogFile,
  turns: AsyncGenerator<void>,
  { entries, damage }: { readonly entries: Entry[]; readonly damage: Damage },
  { tally, search, anyKind = false }: ReadLogOptions,
): AsyncGenerator<readonly Entry[]> {
  const shown = new SignInsShown();
  const pass = (made: readonly Entry[]) => {
    if (anyKind) {
      return made;
    }
    const passed = shown.pass(made);
    tally?.see(source, passed);
    if (shown.isSure) {
      throw foreignRecords(source, shown.kind);
    }
    return passed;
  };
  for (let turn = await turns.next(); turn.done !== true; turn = await turns.next()) {
    const passed = pass(entries.splice(0));
    // A searcher must get its turn even if there is nothing to return.
    if (passed.length > 0 || search !== undefined) {
      yield passed;
    }
  }
  // A record cut by damaged compression is part of that damage, not a second problem.
  const last = entries.filter((entry) => damage.cause === null || entry.kind === "record");
  if (damage.cause !== null) {
    const place = { source, line: null, index: null };
    last.push({ kind: "bad", reason: damage.cause.message, place });
  }
  const passed = pass(last);
  if (shown.isForeign) {
    throw foreignRecords(source, shown.kind);
  }
  const rest = [...passed, ...shown.release()];
  if (rest.length > 0) {
    yield rest;
  }
}

/** Reads text chunk by chunk. The last turn is left to the caller. */
async function* readText(
  maker: RecordMaker,
  text: AsyncGenerator<Buffer>,
  options: ReadLogOptions,
  within: readonly Container[],
): AsyncGenerator<void> {
  const head = await readStart(text, enoughText());
  const layout = findLayout(head);
  if (layout === null && !isBlankText(head.bytes)) {
    throw unknownText(maker.source, head);
  }
  options.tally?.begin(maker.source, layout === null ? within : [...within, layout.container]);
  const reader = await layout?.open(maker, options);
  for await (const chunk of resume(head, text)) {
    reader?.push(chunk);
    yield;
  }
  reader?.end();
}

function openParquet(
  file: LogFile,
  maker: RecordMaker,
  bytes: AsyncGenerator<Buffer>,
  within: readonly Container[],
): AsyncGenerator<void> {
  return file.path !== null && file.bytes !== null && within.length === 0
    ? readParquetFile(maker, file.path, file)
    : readParquetBytes(maker, bytes);
}

/** Reads the logs in a tar archive. Each is named as if the archive were a folder. */
async function* readMembers(
  file: LogFile,
  bytes: AsyncGenerator<Buffer>,
  options: ReadLogOptions,
): AsyncGenerator<readonly Entry[]> {
  if ((options.within ?? []).length > mostContainers) {
    const problem = `archives are nested more than ${mostContainers} deep`;
    throw new NotSignIns(file.source, "an archive within archives", problem);
  }
  let logs = 0;
  try {
    for await (const member of readTar(bytes)) {
      if (isLogPath(member.name)) {
        logs++;
        const inner = { ...file, source: `${file.source}/${member.name}`, path: null };
        yield* passingOver(readLogFile(inner, member.bytes, options), options);
      }
    }
  } catch (error) {
    if (!(error instanceof TarDamage)) {
      throw error;
    }
    const place = { source: file.source, line: null, index: null };
    yield [
      { kind: "bad", reason: `the tar archive is cut off or broken: ${error.message}`, place },
    ];
  }
  if (logs === 0) {
    const problem = `the archive contains no logs (${logNamePatterns})`;
    throw new NotSignIns(file.source, "an archive without logs", problem);
  }
}

/** A zip file has its directory at the end, which comes too late in a stream. */
async function* refuseZip(source: string, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await readStart(chunks, (bytes) => bytes >= zipMarkBytes);
  if (isZip(head.bytes)) {
    throw new NotSignIns(
      source,
      "a zip file within another archive or from a pipe",
      "a zip file cannot be read from a pipe or inside another archive; save it and name the file",
    );
  }
  yield* resume(head, chunks);
}

/** Ends the text at damaged compression, and records the damage. */
async function* untilDamage(text: AsyncGenerator<Buffer>, damage: Damage): AsyncGenerator<Buffer> {
  try {
    yield* text;
  } catch (error) {
    if (!(error instanceof CompressionDamage)) {
      throw error;
    }
    damage.cause = error;
  }
}

/** Reports whether this much text is enough to recognise a layout. Called for each chunk in turn. */
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
