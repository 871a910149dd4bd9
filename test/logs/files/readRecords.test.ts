import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findLogFiles } from "../../../src/logs/files/findLogFiles.ts";
import { readRecords } from "../../../src/logs/files/readRecords.ts";
import type { Entry, ReadOptions } from "../../../src/logs/files/readRecords.ts";
import { ndjson, recordsIn, rows } from "./reading.ts";

let folder: string;
const many = gzipSync(ndjson(rows(100_000)));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "read-records-"));
  await writeFile(join(folder, "1-lines.log"), ndjson(rows(3)));
  await writeFile(join(folder, "2-many.json"), many);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function readAll(paths: readonly string[], options?: ReadOptions): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const batch of readRecords(await findLogFiles(paths), options)) {
    entries.push(...batch);
  }
  return entries;
}

const openFiles = async () => (await readdir("/proc/self/fd")).length;

describe("files", () => {
  test("are read one after the other, each record with its source", async () => {
    const entries = await readAll([folder]);
    expect(
      entries.map(({ place }) => place.source).filter((source, at, all) => source !== all[at - 1]),
    ).toEqual([join(folder, "1-lines.log"), join(folder, "2-many.json")]);
    expect(recordsIn(entries)).toEqual([...rows(3), ...rows(100_000)]);
  });

  test("report how many of their compressed bytes were read", async () => {
    let bytes = 0;
    await readAll([join(folder, "2-many.json")], { onBytes: (more) => (bytes += more) });
    expect(bytes).toBe(many.length);
  });

  test("that vanish or are folders are refused", async () => {
    for (const [path, problem] of [
      [join(folder, "missing"), "no such file or folder"],
      [folder, "is a folder, not a file"],
    ] as const) {
      const reading = readRecords([{ source: "given", path, bytes: null }]).next();
      await expect(reading).rejects.toMatchObject({
        name: "InputError",
        message: `given: ${problem}`,
      });
    }
  });

  test("come in batches, not all at once", async () => {
    for await (const batch of readRecords(await findLogFiles([join(folder, "2-many.json")]))) {
      expect(batch.length).toBeLessThan(50_000);
    }
  });

  test.skipIf(process.platform !== "linux")("are closed when the reader stops early", async () => {
    const files = await findLogFiles([join(folder, "2-many.json")]);
    const before = await openFiles();
    for await (const batch of readRecords(files)) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    await expect.poll(openFiles).toBe(before);
  });
});

describe("standard input", () => {
  test("is read like a file", async () => {
    expect(recordsIn(await readAll(["-"], { stdin: Readable.from([many]) }))).toHaveLength(100_000);
    expect(recordsIn(await readAll(["-"], { stdin: Readable.from([ndjson(rows(2))]) }))).toEqual(
      rows(2),
    );
  });

  test("is named in words when it is refused", async () => {
    const reading = readAll(["-"], { stdin: Readable.from(["Alice signed in."]) });
    await expect(reading).rejects.toThrow(/^standard input: not a sign-in log/);
  });
});

describe("an abort", () => {
  test("ends the reading of a file", async () => {
    const controller = new AbortController();
    const files = await findLogFiles([join(folder, "2-many.json")]);
    const reading = async () => {
      for await (const batch of readRecords(files, { signal: controller.signal })) {
        expect(batch.length).toBeGreaterThan(0);
        controller.abort(new Error("enough"));
      }
    };
    await expect(reading()).rejects.toThrow("enough");
  });

  test("ends the wait for a silent pipe", async () => {
    const stdin = new PassThrough();
    stdin.write(ndjson(rows(1)));
    const controller = new AbortController();
    const reading = readAll(["-"], { stdin, signal: controller.signal });
    setImmediate(() => controller.abort(new Error("enough")));
    await expect(reading).rejects.toThrow("enough");
  });

  test("before the start reads nothing", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(readAll([folder], { signal })).rejects.toThrow("enough");
  });
});
