import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";

/** A run that needed this many times more code than the one that was kept is worth keeping as well. */
const worthMore = 1.1;

export interface Bundle<Exports> {
  readonly exports: Exports;
  /** Whether an earlier run had kept the compiled code. */
  readonly wasKept: boolean;
  /**
   * Keeps the code that was compiled up to now for the next process, if it is clearly more than what is kept. Takes
   * some milliseconds. Does nothing if the folder cannot be written.
   */
  keep(): void;
}

/**
 * Loads a CommonJS bundle of ASCII text without `import()`. Compiling a bundle takes longer than most runs, so the
 * compiled code is kept in a folder beside it, as Python does in `__pycache__`. The environment variable
 * `NODE_DISABLE_COMPILE_CACHE=1` turns that off, as it does in Node.
 *
 * @param file an absolute path; its name must change with its content, since V8 compares only lengths
 * @param use the part of the program that runs; each has a file with just the functions that it needs
 * @throws SystemError if the bundle cannot be read
 */
export function loadBundle<Exports>(file: string, use: string): Bundle<Exports> {
  const { version, platform, arch, env } = process;
  const folder = join(dirname(file), "compiled");
  const kept = join(folder, `${basename(file, ".cjs")}-${use}-${version}-${platform}-${arch}`);
  const isOn = env["NODE_DISABLE_COMPILE_CACHE"] !== "1" && env["NODE_V8_COVERAGE"] === undefined;
  const cachedData = isOn ? readKept(kept) : undefined;
  const source = readFileSync(file, "latin1");
  const script = new Script(`(function (exports, require, module) {${source}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const wasKept = script.cachedDataRejected === false;
  const module = { exports: {} };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is the function above
  const start = script.runInThisContext() as (...given: readonly unknown[]) => void;
  start(module.exports, createRequire(file), module);
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller knows what it loads
    exports: module.exports as Exports,
    wasKept,
    keep: () => {
      const known = wasKept ? (cachedData?.length ?? 0) : 0;
      const code = isOn ? script.createCachedData() : null;
      if (code !== null && code.length > worthMore * known) {
        writeKept(folder, kept, code);
      }
    },
  };
}

function readKept(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Other processes may do the same at the same time, so the file appears whole or not at all. */
function writeKept(folder: string, path: string, code: Buffer): void {
  const draft = `${path}.${process.pid}-${process.hrtime.bigint()}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, code);
    renameSync(draft, path);
  } catch {
    // A program that cannot keep its code starts more slowly, and that is all.
    if (existsSync(draft)) {
      rmSync(draft);
    }
  }
}
