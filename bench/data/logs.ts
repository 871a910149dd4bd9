import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { dataFolder } from "./folder.mjs";
import type { SigninRow } from "../../src/tenant/row.ts";
import { generateDay, seed, templateOf, type Day, type Template } from "./template.ts";

/** Increase it when the generator changes, so that older files are not reused. */
const version = 3;

export interface Log {
  readonly path: string;
  readonly bytes: number;
  /** Uncompressed size in bytes; that of the file if it is not compressed. */
  readonly plainBytes: number;
}

/** The share of candidates in the rows, and how often the other rows are repeated. */
export interface Mix {
  readonly name: string;
  readonly parts: (day: Day) => Parameters<typeof templateOf>[0];
}

const mostOthers = 100;

/** Those with the most rows first, so that there are findings among a few of them. */
function ofFewUsers(rows: Day["candidates"]): Day["candidates"] {
  const users = new Map<unknown, SigninRow[]>();
  for (const row of rows) {
    const own = users.get(row["UserPrincipalName"]) ?? [];
    own.push(row);
    users.set(row["UserPrincipalName"], own);
  }
  return [...users.values()].toSorted((a, b) => b.length - a.length).flat();
}

/** One in `every` rows is a candidate. The candidates are the same for every `fold`. */
export function mixed(every: number, fold = 1): Mix {
  return {
    name: `one-in-${every}x${fold}`,
    parts: ({ candidates: all, others }) => {
      // Few candidates, or the others of a day would not fit into memory.
      const count = Math.ceil((all.length * Math.min(every, mostOthers)) / every);
      const candidates = count === all.length ? all : ofFewUsers(all).slice(0, count);
      const wanted = candidates.length * (every - 1);
      const times = Math.max(1, Math.round(wanted / others.length));
      const taken = others.slice(0, Math.round(wanted / times));
      return [
        { rows: candidates, times: 1 },
        { rows: taken, times: times * fold },
      ];
    },
  };
}

export const denialsOnly: Mix = {
  name: "denials",
  parts: ({ denials }) => [{ rows: denials, times: 1 }],
};

/**
 * Returns the log with that mix, of whole rows and at least that size, or of whole days. Creates it if it does not
 * exist.
 */
export function logOf(mix: Mix, size: { readonly bytes: number } | { readonly days: number }): Log {
  const extent = "bytes" in size ? `${size.bytes}b` : `${size.days}d`;
  const name = `v${version}-${seed}-${mix.name}-${extent}.ndjson`;
  const path = made(join(dataFolder, name), (temporary) =>
    write(temporary, templateOf(mix.parts(generateDay())), size),
  );
  const { size: bytes } = statSync(path);
  return { path, bytes, plainBytes: bytes };
}

export function gzipped({ path, plainBytes }: Log): Log {
  const packed = made(`${path}.gz`, (temporary) =>
    writeFileSync(temporary, gzipSync(readFileSync(path))),
  );
  return { path: packed, bytes: statSync(packed).size, plainBytes };
}

/** Creates a file if it does not exist. An unfinished file never has the final name. */
export function made(path: string, make: (temporary: string) => void): string {
  mkdirSync(dataFolder, { recursive: true });
  if (!existsSync(path)) {
    process.stderr.write(`making ${path}\n`);
    make(`${path}.part`);
    renameSync(`${path}.part`, path);
  }
  return path;
}

/** Returns the same log in another format. `convert` writes it. */
export async function converted(
  { path, plainBytes }: Log,
  format: "csv" | "parquet",
  convert: (to: string) => Promise<unknown>,
): Promise<Log> {
  const to = path.replace(/\.ndjson$/, `.${format}`);
  if (!existsSync(to)) {
    process.stderr.write(`making ${to}\n`);
    await convert(`${to}.part.${format}`);
    renameSync(`${to}.part.${format}`, to);
  }
  return { path: to, bytes: statSync(to).size, plainBytes };
}

function write(
  path: string,
  { bytes, turnTo }: Template,
  size: { readonly bytes: number } | { readonly days: number },
): void {
  const file = openSync(path, "w");
  let left = "bytes" in size ? size.bytes : Infinity;
  const days = "days" in size ? size.days : Infinity;
  for (let turn = 0; turn < days && left > 0; turn++) {
    turnTo(turn);
    const part = left >= bytes.length ? bytes : bytes.subarray(0, bytes.indexOf(10, left) + 1);
    writeWhole(file, part);
    left -= part.length;
  }
  closeSync(file);
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done);
  }
}
