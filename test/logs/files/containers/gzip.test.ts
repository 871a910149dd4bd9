import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ndjson, problemsIn, read, recordsIn, rows } from "../reading.ts";

// Varied, so that compression does not fold the records into a few bytes.
const records = rows(20_000).map((row, id) => ({
  ...row,
  Noise: ((id * 2_654_435_761) >>> 0).toString(36),
}));
const zipped = gzipSync(ndjson(records));

describe("damaged gzip", () => {
  test.each([
    ["in its data", Math.floor(zipped.length / 2)],
    ["before its checksum", zipped.length - 8],
    ["in its checksum", zipped.length - 5],
  ])("cut off %s gives the records before, then one problem", async (_, length) => {
    for (const chunkBytes of [1000, 64 * 1024]) {
      const entries = await read(zipped.subarray(0, length), chunkBytes);
      const found = recordsIn(entries);
      expect(found).toEqual(records.slice(0, found.length));
      expect(found.length).toBeGreaterThan((records.length * length) / zipped.length - 2000);
      expect(problemsIn(entries)).toEqual([`: gzip data is cut off after ${length} bytes`]);
      expect(entries.at(-1)?.kind).toBe("bad");
    }
  });

  test("with a wrong checksum gives all records, then one problem", async () => {
    const wrong = Buffer.from(zipped);
    wrong.fill(0xaa, wrong.length - 8);
    const entries = await read(wrong);
    expect(recordsIn(entries)).toEqual(records);
    expect(problemsIn(entries)).toEqual([`: gzip data is corrupt before byte ${wrong.length}`]);
  });

  test("corrupt half-way gives the records before that, and ends with a problem", async () => {
    const corrupt = Buffer.from(zipped);
    const middle = Math.floor(corrupt.length / 2);
    corrupt.fill(0xff, middle, middle + 200);
    const entries = await read(corrupt);
    expect(recordsIn(entries).length).toBeGreaterThan(records.length / 3);
    // What broken bytes inflate to is anybody's guess, until the checksum does not fit.
    expect(problemsIn(entries).at(-1)).toMatch(/^: gzip data is corrupt before byte \d+$/);
  });

  test("that is only a beginning is one problem", async () => {
    for (const length of [2, 5, 12]) {
      const entries = await read(zipped.subarray(0, length));
      expect(problemsIn(entries)).toEqual([`: gzip data is cut off after ${length} bytes`]);
    }
  });
});

describe("behind gzip", () => {
  test("zeros are padding", async () => {
    const entries = await read(Buffer.concat([zipped, Buffer.alloc(100_000)]));
    expect(entries).toHaveLength(records.length);
    expect(problemsIn(entries)).toEqual([]);
  });

  test.each([
    ["at once", 0],
    ["after zeros", 50_000],
  ])("anything else %s is a problem, never passed over in silence", async (_, zeros) => {
    for (const chunkBytes of [100, 64 * 1024]) {
      const entries = await read(
        Buffer.concat([zipped, Buffer.alloc(zeros), Buffer.from(ndjson(records))]),
        chunkBytes,
      );
      expect(recordsIn(entries)).toEqual(records);
      expect(problemsIn(entries)).toEqual([
        expect.stringMatching(/^: gzip data is (corrupt|followed by)/),
      ]);
    }
  });
});

test("a small file loses nothing when something follows its gzip data", async () => {
  const entries = await read(Buffer.concat([gzipSync(ndjson(rows(3))), Buffer.from("more\n")]));
  expect(recordsIn(entries)).toEqual(rows(3));
  expect(problemsIn(entries)).toEqual([
    expect.stringMatching(/^: gzip data is corrupt before byte 6\d$/),
  ]);
});
