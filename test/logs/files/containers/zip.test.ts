import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findLogFiles } from "../../../../src/logs/files/findLogFiles.ts";
import { InputError } from "../../../../src/logs/files/inputError.ts";
import { readRecords, type Entry } from "../../../../src/logs/files/readRecords.ts";
import { ndjson, recordsIn, row, rows } from "../reading.ts";
import { zip, type Packed } from "./zipping.ts";
import { cases } from "../../../cases.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zip-test-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function readZip(bytes: Buffer, name = "logs.zip"): Promise<readonly Entry[]> {
  await writeFile(join(folder, name), bytes);
  const entries: Entry[] = [];
  for await (const batch of readRecords(await findLogFiles([join(folder, name)]))) {
    entries.push(...batch);
  }
  return entries;
}

async function refusal(bytes: Buffer): Promise<string> {
  try {
    return `read ${(await readZip(bytes)).length} entries`;
  } catch (error) {
    if (error instanceof InputError) {
      return error.message.slice(folder.length + 1);
    }
    throw error;
  }
}

/** "where: reason" of the bad entries, without the folder. */
const problems = (entries: readonly Entry[]) =>
  entries.flatMap(({ place, ...entry }) =>
    entry.kind === "bad" ? [`${place.source.slice(folder.length + 1)}: ${entry.reason}`] : [],
  );
const ids = (entries: readonly Entry[]) => recordsIn(entries).map(({ Id }) => Number(Id));
const lines = (...numbers: readonly number[]) => ndjson(numbers.map(row));

describe("a zip file", () => {
  test.each<[string, Partial<Packed>]>([
    ["deflated", {}],
    ["stored", { stored: true }],
    ["written in one go", { streamed: true }],
    ["with 64 bit numbers", { large: true }],
    ["stored, in one go, with 64 bit numbers", { stored: true, streamed: true, large: true }],
  ])("is read: %s", async (_, how) => {
    const packed = [
      { name: "1.json", content: lines(1, 2), ...how },
      { name: "2.json", content: JSON.stringify({ value: rows(4).slice(3) }), ...how },
      { name: "3.json", content: "", ...how },
    ];
    const entries = await readZip(zip(packed));
    expect(entries.map(({ kind }) => kind)).toEqual(["record", "record", "record"]);
    expect(ids(entries)).toEqual([1, 2, 3]);
    const where = entries.map(({ place }) => place.source.slice(folder.length + 1));
    expect(where).toEqual(["logs.zip/1.json", "logs.zip/1.json", "logs.zip/2.json"]);
  });

  test("gives its logs in the order of a folder's, and no other files, folders and leftovers", async () => {
    const names = ["b.json", "a/z.ndjson", "a/b/c.jsonl.gz", "a.json", "c\\d.csv"];
    const others = ["a/", "notes.md", "__MACOSX/b.json", ".git/b.json", "x/.hidden.json"];
    const content = (name: string) => {
      const id = names.indexOf(name);
      if (name.endsWith(".csv")) {
        return `Id,ResultType,UserPrincipalName\n${id},0,x\n`;
      }
      return name.endsWith(".gz") ? gzipSync(lines(id)) : lines(id);
    };
    const entries = await readZip(
      zip([...others, ...names].map((name) => ({ name, content: content(name) }))),
    );
    expect(problems(entries)).toEqual([]);
    const found = ids(entries).map((id) => names[id]);
    expect(found).toEqual(["a/b/c.jsonl.gz", "a/z.ndjson", "a.json", "b.json", "c\\d.csv"]);
  });

  test("is recognised by its content, whatever its name and the comment at its end", async () => {
    const bytes = zip([{ name: "a.json", content: lines(1) }], "PK\u0005\u0006 a comment");
    expect(ids(await readZip(bytes, "download"))).toEqual([1]);
  });

  test("is found in a folder", async () => {
    await writeFile(join(folder, "found.zip"), zip([{ name: "a.json", content: lines(7) }]));
    const files = await findLogFiles([folder]);
    expect(files.map(({ source }) => source)).toContain(join(folder, "found.zip"));
  });

  test("reports the bytes that were read", async () => {
    const bytes = zip([{ name: "a.json", content: lines(...Array(1000).keys()) }]);
    await writeFile(join(folder, "logs.zip"), bytes);
    let count = 0;
    const files = await findLogFiles([join(folder, "logs.zip")]);
    for await (const batch of readRecords(files, { onBytes: (more) => (count += more) })) {
      expect(batch.length).toBeGreaterThan(0);
    }
    expect(count).toBeGreaterThan(bytes.length / 2);
    expect(count).toBeLessThanOrEqual(bytes.length);
  });

  test("stops being read when it is aborted", async () => {
    const name = join(folder, "logs.zip");
    await writeFile(name, zip([{ name: "a.json", content: lines(...Array(100_000).keys()) }]));
    const controller = new AbortController();
    const files = await findLogFiles([name]);
    const reading = async () => {
      for await (const batch of readRecords(files, { signal: controller.signal })) {
        expect(batch.length).toBeGreaterThan(0);
        controller.abort(new Error("enough"));
      }
    };
    await expect(reading()).rejects.toThrow("enough");
  });
});

describe("a zip file is refused by name and reason", () => {
  const good = { name: "b.json", content: lines(1) };
  const cut = (bytes: Buffer, from: number, to?: number) => bytes.subarray(from, to);

  test.each<[string, Buffer, string]>([
    [
      "without entries",
      zip([]),
      "logs.zip: the zip file contains no logs (.json, .ndjson, .jsonl, .log, .txt, .csv, .tsv, .avro, .parquet or .tar, plain or .gz; or no ending)",
    ],
    [
      "without logs",
      zip([{ name: "a.md", content: "x" }]),
      "logs.zip: the zip file contains no logs (.json, .ndjson, .jsonl, .log, .txt, .csv, .tsv, .avro, .parquet or .tar, plain or .gz; or no ending)",
    ],
    [
      "with an encrypted log",
      zip([good, { ...good, name: "c/d.json", encrypted: true }]),
      "logs.zip/c/d.json: is encrypted; unpack the zip file and name the folder",
    ],
    [
      "with a method of its own",
      zip([{ ...good, method: 9 }]),
      "logs.zip/b.json: is compressed with method 9, which is not supported; unpack the zip file and name the folder",
    ],
    [
      "cut off",
      cut(zip([good]), 0, -1),
      "logs.zip: the zip file cannot be read: it is cut off, so that its directory is missing",
    ],
    [
      "cut off in an entry",
      cut(zip([good]), 0, 50),
      "logs.zip: the zip file cannot be read: it is cut off, so that its directory is missing",
    ],
    [
      "with another file in it",
      zip([{ name: "a.json", content: "Dear customer" }]),
      "logs.zip/a.json: not a sign-in log of a known shape (JSON, JSON lines, CSV with English headers, Parquet or Avro; plain, gzip, zip or tar); docs/exports.md shows how to export one",
    ],
    [
      "within a zip file under another name",
      zip([{ name: "a.json", content: zip([good]) }]),
      "logs.zip/a.json: a zip file cannot be read from a pipe or inside another archive; save it and name the file",
    ],
  ])("%s", async (_, bytes, reason) => {
    expect(await refusal(bytes)).toBe(reason);
  });

  test("from standard input", async () => {
    const reading = async () => {
      const stdin = Readable.from([zip([good])]);
      for await (const batch of readRecords(await findLogFiles(["-"]), { stdin })) {
        expect(batch).toEqual([]);
      }
    };
    await expect(reading()).rejects.toThrow(
      "standard input: a zip file cannot be read from a pipe or inside another archive; save it and name the file",
    );
  });

  test("when its entries share their data, as a bomb's do", async () => {
    const one = zip([{ name: "a.json", content: Buffer.alloc(1_000_000, "[]") }]);
    const directory = one.subarray(one.readUInt32LE(one.length - 6), one.length - 22);
    const count = 1000;
    const end = Buffer.from(one.subarray(-22));
    end.writeUInt16LE(count, 8);
    end.writeUInt16LE(count, 10);
    end.writeUInt32LE(directory.length * count, 12);
    const body = one.subarray(0, -22 - directory.length);
    const bomb = Buffer.concat([body, ...Array<Buffer>(count).fill(directory), end]);
    expect(await refusal(bomb)).toBe(
      "logs.zip: the zip file cannot be read: its entries are larger than the file",
    );
  });

  test("when its directory says what cannot be", async () => {
    const bytes = zip([good]);
    for (const [at, value] of [
      [bytes.length - 6, 0xfffffff0],
      [bytes.length - 10, 0xfffffff0],
      [bytes.length - 6, 3],
      [bytes.length - 10, 5],
    ] as const) {
      const broken = Buffer.from(bytes);
      broken.writeUInt32LE(value, at);
      expect(await refusal(broken)).toMatch(/^logs\.zip: the zip file cannot be read: /);
    }
  });
});

describe("damage to an entry", () => {
  const many = lines(...Array(20_000).keys());
  const broken = (change: (bytes: Buffer) => void) => {
    const bytes = zip([
      { name: "1.json", content: many },
      { name: "2.json", content: lines(1) },
    ]);
    change(bytes);
    return bytes;
  };

  test("in its data costs what follows in it, is one problem, and the next entry is read", async () => {
    const entries = await readZip(broken((bytes) => bytes.fill(0xff, 20_000, 20_400)));
    const found = entries.filter(({ place }) => place.source.endsWith("1.json"));
    expect(recordsIn(found).length).toBeGreaterThan(1000);
    expect(problems(entries).at(-1)).toMatch(/^logs\.zip\/1\.json: zip data /);
    expect(entries.at(-1)?.place.source).toMatch(/2\.json$/);
  });

  test("in its checksum costs no record", async () => {
    const entries = await readZip(zip([{ name: "1.json", content: many, crc: 1 }]));
    expect(recordsIn(entries)).toHaveLength(20_000);
    expect(problems(entries)).toEqual(["logs.zip/1.json: zip data does not match its checksum"]);
  });

  test("in its header is one problem", async () => {
    const inside = zip([
      { name: "0.json", content: lines(0) },
      { name: "1.json", content: lines(1) },
    ]);
    inside.writeUInt32LE(0, inside.indexOf("PK\u0003\u0004", 4));
    const partly = await readZip(inside);
    expect(ids(partly)).toEqual([0]);
    expect(problems(partly)).toEqual([
      "logs.zip/1.json: zip entry is not where the directory says",
    ]);
  });
});

test("whatever a zip file is broken to, it is read, reported or refused", async () => {
  const whole = zip([
    { name: "1.json", content: lines(1, 2, 3) },
    { name: "2.json", content: lines(4), stored: true, large: true },
  ]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 5), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.option(fc.integer({ min: 4, max: whole.length }), { nil: whole.length }),
      async (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) {
          bytes[at + 4] = value;
        }
        expect(await refusal(bytes.subarray(0, length))).toMatch(/^(?:read|logs\.zip)/);
      },
    ),
    { numRuns: cases(500) },
  );
});
