import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Stats } from "node:fs";
import { InputError } from "./inputError.ts";
import { isLogName, isUnreadableName, isZipName, logNamePatterns } from "./logNames.ts";

/** A file to read. Its format is determined by its content, never by its name. */
export interface LogFile {
  /** The path as given, or below the folder as given; "-" for standard input. */
  readonly source: string;
  /** The path to open; null for standard input. */
  readonly path: string | null;
  /** The size on disk, for progress; null if unknown, as for pipes. */
  readonly bytes: number | null;
}

/**
 * Resolves paths to files. Folders are searched recursively in sorted order, without hidden entries and links to
 * folders. "-" is standard input, and a file named twice is taken once.
 *
 * @throws InputError for a missing or unreadable path, and for a folder without logs
 */
export async function findLogFiles(paths: readonly string[]): Promise<readonly LogFile[]> {
  const found = new Map<string, LogFile>();
  for (const path of paths) {
    for (const file of await expand(path)) {
      const identity = file.path === null ? "-" : resolve(file.path);
      if (!found.has(identity)) {
        found.set(identity, file);
      }
    }
  }
  return [...found.values()];
}

async function expand(path: string): Promise<readonly LogFile[]> {
  if (path === "-") {
    return [{ source: "-", path: null, bytes: null }];
  }
  const stats = await statOf(path);
  if (!stats.isDirectory()) {
    return [logFile(path, stats)];
  }
  const files: LogFile[] = [];
  for await (const file of walk(path)) {
    files.push(file);
  }
  if (files.length === 0) {
    throw new InputError(path, `the folder contains no logs (${logNamePatterns}; or .zip)`);
  }
  return files;
}

async function* walk(folder: string): AsyncGenerator<LogFile> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".")) {
      continue;
    }
    if (entry.isDirectory()) {
      yield* walk(path);
    } else if ([isLogName, isZipName, isUnreadableName].some((is) => is(entry.name))) {
      const stats = await statOf(path);
      // A link to a folder could lead back here.
      if (stats.isFile()) {
        yield logFile(path, stats);
      }
    }
  }
}

async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw InputError.of(folder, error);
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw InputError.of(path, error);
  }
}

function logFile(path: string, stats: Stats): LogFile {
  return { source: path, path, bytes: stats.isFile() ? stats.size : null };
}
