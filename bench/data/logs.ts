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

/** One in `every` rows is a candidate. The candidates are the same for every `fold`. */
export function mixed(every: number, fold = 1): Mix {
  return {
    name: `one-in-${every}x${fold}`,
    parts: ({ candidates, others }) => {
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
function made(path: string, make: (temporary: string) => void): string {
  mkdirSync(dataFolder, { recursive: true });
  if (!existsSync(path)) {
    process.stderr.write(`making ${path}\n`);
    make(`${path}.part`);
    renameSync(`${path}.part`, path);
  }
  return path;
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
