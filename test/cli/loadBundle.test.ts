import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { loadBundle } from "../../src/cli/loadBundle.ts";
import { temporaryFolder } from "./terminal.ts";

interface Adder {
  readonly add: (a: number, b: number) => number;
}

const text = `
  "use strict";
  const { join } = require("node:path");
  exports.add = (a, b) => a + b;
  exports.place = join("a", "b");
`;

const keptName = `adder-1-detect-${process.version}-${process.platform}-${process.arch}`;

function bundle(more = ""): { readonly folder: string; readonly file: string } {
  const folder = temporaryFolder();
  const file = join(folder, "adder-1.cjs");
  writeFileSync(file, text + more);
  return { folder, file };
}

const keptIn = (folder: string) => readdirSync(join(folder, "compiled"));

describe("a bundle", () => {
  test("is the same with kept code and without", () => {
    const { file, folder } = bundle();
    const first = loadBundle<Adder>(file, "detect");
    expect(first.wasKept).toBe(false);
    expect(first.exports).toMatchObject({ place: join("a", "b") });
    expect(first.exports.add(1, 2)).toBe(3);
    first.keep();
    const second = loadBundle<Adder>(file, "detect");
    expect(second.wasKept).toBe(true);
    expect(second.exports.add(1, 2)).toBe(3);
    second.keep();
    expect(keptIn(folder)).toEqual([keptName]);
  });

  test("keeps the code of each use, since each needs other functions", () => {
    const { file, folder } = bundle();
    loadBundle(file, "detect").keep();
    const other = loadBundle(file, "explain");
    expect(other.wasKept).toBe(false);
    other.keep();
    expect(keptIn(folder)).toHaveLength(2);
  });

  test.each([
    ["empty", Buffer.alloc(0)],
    ["text", Buffer.from("oops")],
    ["zeros", Buffer.alloc(10_000)],
  ])("runs, and is kept again, if the kept code is damaged: %s", (kind, damaged) => {
    // Text of its own: V8 itself remembers what this process has compiled.
    const { file, folder } = bundle(`// ${kind}`);
    const path = join(folder, "compiled", keptName);
    mkdirSync(join(folder, "compiled"));
    writeFileSync(path, damaged);
    const first = loadBundle<Adder>(file, "detect");
    expect(first.wasKept).toBe(false);
    expect(first.exports.add(1, 2)).toBe(3);
    first.keep();
    expect(readFileSync(path)).not.toEqual(damaged);
    expect(loadBundle(file, "detect").wasKept).toBe(true);
  });

  test("is kept again when clearly more of it was compiled", () => {
    const many = Array.from(
      { length: 50 },
      (_, n) => `exports.f${n} = (a) => [a, ${n}, "text ${n}"];`,
    );
    const { file, folder } = bundle(many.join("\n"));
    const path = join(folder, "compiled", keptName);
    const first = loadBundle<Readonly<Record<string, (a: number) => unknown>>>(file, "detect");
    first.keep();
    const { length } = readFileSync(path);
    Object.entries(first.exports)
      .filter(([name]) => /^f\d/.test(name))
      .forEach(([, run]) => run(1));
    first.keep();
    expect(readFileSync(path).length).toBeGreaterThan(1.1 * length);
  });

  test("runs where nothing can be written", () => {
    const { file, folder } = bundle();
    // A file in its place: root may write to any folder.
    writeFileSync(join(folder, "compiled"), "");
    const alone = loadBundle<Adder>(file, "detect");
    alone.keep();
    expect(alone.exports.add(1, 2)).toBe(3);
    expect(readdirSync(folder).toSorted()).toEqual(["adder-1.cjs", "compiled"]);
  });

  test.each([
    ["NODE_DISABLE_COMPILE_CACHE", "1"],
    ["NODE_V8_COVERAGE", "coverage"],
  ])("neither reads nor keeps code with %s", (name, value) => {
    const { file, folder } = bundle();
    vi.stubEnv(name, value);
    loadBundle(file, "detect").keep();
    expect(readdirSync(folder)).toEqual(["adder-1.cjs"]);
    vi.unstubAllEnvs();
  });
});
