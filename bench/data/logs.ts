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

/** Change it with the generator, so that older files are not used again. */
const version = 3;

export interface Log {
  readonly path: string;
  readonly bytes: number;
  /** Size of what it unpacks to; the same where it is not packed. */
  readonly plainBytes: number;
}

/** How many of the rows are candidates, and how many times the others are there. */
export interface Mix {
  readonly name: string;
  readonly parts: (day: Day) => Parameters<typeof templateOf>[0];
}

/** One of `every` rows is a candidate; the candidates are the same ones whatever `fold` is. */
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

/** The log with that mix, of whole rows and at least that size, or of whole days; made where it is not there yet. */
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

/** A file that is made where it is not there yet; one that is half made never has its name. */
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
