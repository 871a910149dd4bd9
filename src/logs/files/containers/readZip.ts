import { open, type FileHandle } from "node:fs/promises";
import type { Entry } from "../entry.ts";
import type { LogFile } from "../findLogFiles.ts";
import { CompressionDamage } from "./inflater.ts";
import { InputError } from "../inputError.ts";
import { isLogPath, logNamePatterns } from "../logNames.ts";
import { readChunks, type ReadOptions } from "../readChunks.ts";
import { NotSignIns } from "../notSignIns.ts";
import { passingOver } from "../passingOver.ts";
import { readLogFile } from "../readLogFile.ts";
import { dataOffset, deflated, stored, unzip } from "./unzip.ts";
import {
  entryBytes,
  isZip,
  readZipDirectory,
  ZipDamage,
  zipMarkBytes,
  type ZipEntry,
} from "./zipDirectory.ts";

/**
 * Reads the logs in a zip file in the order of their paths, like those of a folder. Each is named as if the zip
 * file were a folder. Returns null for other files.
 *
 * @throws InputError as for any file, and if the directory is broken or an entry cannot be read
 */
export async function openZip(
  file: LogFile,
  options: ReadOptions,
): Promise<AsyncGenerator<readonly Entry[]> | null> {
  // Anything but a file on disk can be read only once and only forwards.
  if (file.path === null || file.bytes === null) {
    return null;
  }
  const entries = await list(file, file.path, file.bytes);
  return entries && readEntries(file, file.path, entries, options);
}

async function list(
  file: LogFile,
  path: string,
  bytes: number,
): Promise<readonly ZipEntry[] | null> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path);
    const head = await handle.read(Buffer.alloc(zipMarkBytes), 0, zipMarkBytes, 0);
    return isZip(head.buffer) ? await readZipDirectory(handle, bytes) : null;
  } catch (cause) {
    if (cause instanceof ZipDamage) {
      throw new NotSignIns(
        file.source,
        "a zip file that cannot be read",
        `the zip file cannot be read: ${cause.message}`,
      );
    }
    throw InputError.of(file.source, cause);
  } finally {
    await handle?.close();
  }
}

async function* readEntries(
  file: LogFile,
  path: string,
  entries: readonly ZipEntry[],
  options: ReadOptions,
): AsyncGenerator<readonly Entry[]> {
  const logs = entries.filter(({ name }) => isLogPath(name)).toSorted(byPath);
  if (logs.length === 0) {
    const problem = `the zip file contains no logs (${logNamePatterns})`;
    throw new NotSignIns(file.source, "a zip file without logs", problem);
  }
  for (const entry of logs) {
    const source = `${file.source}/${entry.name}`;
    yield* passingOver(readEntry(source, path, entry, options), options);
  }
}

async function* readEntry(
  source: string,
  path: string,
  entry: ZipEntry,
  options: ReadOptions,
): AsyncGenerator<readonly Entry[]> {
  refuse(source, entry);
  const inner = { source, path, bytes: entry.compressedBytes };
  const contents = unzip(entry, compressed(inner, entry, options));
  yield* readLogFile(inner, contents, { ...options, within: ["zip"] });
}

/** Throws for an entry that is encrypted or uses an unknown method, before anything is read. */
function refuse(source: string, { encrypted, method }: ZipEntry): void {
  if (encrypted) {
    const problem = "is encrypted; unpack the zip file and name the folder";
    throw new NotSignIns(source, "an encrypted file", problem);
  }
  if (method !== stored && method !== deflated) {
    throw new NotSignIns(
      source,
      "compressed with an unsupported method",
      `is compressed with method ${method}, which is not supported; unpack the zip file and name the folder`,
    );
  }
}

async function* compressed(
  file: LogFile,
  { offset, compressedBytes }: ZipEntry,
  options: ReadOptions,
): AsyncGenerator<Buffer> {
  let header: Buffer = Buffer.alloc(0);
  for await (const bytes of readChunks(file, options, { from: offset, bytes: entryBytes })) {
    header = Buffer.concat([header, bytes]);
  }
  const data = dataOffset(header);
  if (data === null) {
    throw new CompressionDamage("zip entry is not where the directory says");
  }
  yield* readChunks(file, options, { from: offset + data, bytes: compressedBytes });
}

/** Compares name by name, like a walk over folders. */
function byPath(a: ZipEntry, b: ZipEntry): number {
  const [left, right] = [a.name.split("/"), b.name.split("/")];
  const at = left.findIndex((part, index) => part !== right[index]);
  if (at === -1) {
    return left.length - right.length;
  }
  return (left[at] ?? "") < (right[at] ?? "") ? -1 : 1;
}
