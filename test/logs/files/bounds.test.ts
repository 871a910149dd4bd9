/** What a file may claim or nest is bounded, and what goes beyond is said with its place. */
import { gzipSync } from "node:zlib";
import { parquetMetadata } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { checkPages, checkSizes } from "../../../src/logs/files/containers/parquetPages.ts";
import { isWhole } from "../../cases.ts";
import { avro, bytes, long, message } from "./containers/avroFile.ts";
import { tar } from "./containers/tarFile.ts";
import { ndjson, problemsIn, read, recordsIn, refusal, row } from "./reading.ts";

const line = (id: number) => JSON.stringify(row(id));
const ids = (entries: Awaited<ReturnType<typeof read>>) => recordsIn(entries).map(({ Id }) => Id);
const megabytes = (count: number) => count * 1024 * 1024;

describe("envelopes", () => {
  const nested = (depth: number, inner: string) =>
    `${'{"records":['.repeat(depth)}${inner}${"]}".repeat(depth)}`;

  test.each([
    ["objects and lists", nested(9, line(2))],
    ["texts", `{"message":${JSON.stringify(nested(8, line(2)))}}`],
    ["a name that nobody knows", `${'{"a":'.repeat(13)}${line(2)}${"}".repeat(13)}`],
  ])("are opened twelve deep, with the line of what is deeper: %s", async (_, deep) => {
    const entries = await read(`${line(1)}\n${deep}\n${line(3)}\n`);
    expect(ids(entries)).toEqual(["1", "3"]);
    expect(problemsIn(entries)).toEqual([
      expect.stringMatching(/^2(?:\[0\])?: envelopes are nested more than 12 deep$/),
    ]);
  });
});

describe("a cell", () => {
  const steps = "AuthenticationDetails";
  const csv = (cell: string) =>
    `TimeGenerated,Id,ResultType,UserPrincipalName,${steps}\n2026-03-10T09:00:00Z,1,500121,a@contoso.com,${cell}\n2026-03-10T09:00:00Z,2,500121,a@contoso.com,\n`;

  test.each([
    ["brackets", "[".repeat(400_000) + "]".repeat(400_000)],
    ["braces of PowerShell", "@{a=".repeat(200_000)],
    ["brackets of Python", `[{'a': ${"[".repeat(400_000)}`],
  ])("that nests without end costs its own row nothing else: %s", async (_, cell) => {
    const entries = await read(csv(cell));
    expect(ids(entries)).toEqual(["1", "2"]);
    expect(problemsIn(entries)).toEqual([]);
  });

  if (isWhole) {
    test("of more than 64 MB costs its row, and is said with its line", async () => {
      const entries = await read(csv(`"${"x".repeat(megabytes(65))}"`));
      expect(problemsIn(entries)).toEqual(["2: record larger than 64 MB"]);
      expect(ids(entries)).toEqual(["2"]);
    });
  }
});

describe("an Avro file that claims", () => {
  const good = message(JSON.stringify({ ...row(1), TimeGenerated: "2026-03-10T09:00:00Z" }));
  const field = (type: unknown) => ({
    type: "record",
    name: "R",
    fields: [{ name: "Id", type }],
  });
  const header = (count: number) =>
    Buffer.concat([Buffer.from("Obj\u0001", "latin1"), long(count), bytes("a")]);

  test.each([
    ["a header of a million entries", header(1_000_000), "its header claims too many entries"],
    [
      "a name longer than any file",
      Buffer.concat([Buffer.from("Obj\u0001", "latin1"), long(1), long(2 ** 40)]),
      "its header claims more than its bytes can contain",
    ],
    [
      "a text of negative length",
      avro({ blocks: [[long(-2)]], schema: field("string") }),
      "a block has a text of negative length",
    ],
    [
      "a number without an end",
      avro({ blocks: [[Buffer.alloc(20, 0xff)]], schema: field("long") }),
      "a number is longer than 64 bits",
    ],
    [
      "a symbol that there is not",
      avro({ blocks: [[long(7)]], schema: field({ type: "enum", name: "E", symbols: ["a"] }) }),
      "a block has a symbol that is not declared",
    ],
    [
      "a branch that there is not",
      avro({ blocks: [[long(7)]], schema: field(["null", "string"]) }),
      "a block has a branch that is not declared",
    ],
    [
      "a type of no size",
      avro({ blocks: [], schema: field({ type: "fixed", name: "F", size: -1 }) }),
      "its schema has a type of no size",
    ],
    [
      "a schema in a schema without end",
      avro({ blocks: [], schema: `${'{"type":'.repeat(60)}"int"${"}".repeat(60)}` }),
      "its schema is nested too deeply",
    ],
    [
      "a billion records of no byte",
      avro({ blocks: [[]], count: 1_000_000_000, schema: '"null"' }),
      "a block claims 1000000000 records in 0 bytes",
    ],
    [
      "a list in a list in a list, of nothing each",
      avro({
        blocks: [Array.from({ length: 4 }, () => long(1_000))],
        schema: field([1, 2, 3, 4].reduce<unknown>((items) => ({ type: "array", items }), "null")),
      }),
      "beyond the end of its block",
    ],
    [
      "an end elsewhere",
      avro({ blocks: [[good]], size: 10 }),
      "Avro file is cut off or broken after record",
    ],
  ])("%s is one problem that says so", async (_, file, problem) => {
    const said = await refusal(file);
    const problems = said.startsWith("read ") ? problemsIn(await read(file)) : [said];
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test("what unpacks to more than 64 MB is one problem, and what came before is read", async () => {
    const file = avro({ codec: "deflate", blocks: [[good], [Buffer.alloc(megabytes(65))]] });
    const entries = await read(file);
    expect(ids(entries)).toEqual(["1"]);
    expect(problemsIn(entries)).toEqual([
      ": Avro file is cut off or broken after record 1: a block is wrongly compressed, or larger than 64 MB",
    ]);
  });
});

describe("a Parquet file whose metadata claims", () => {
  const buffer = parquetWriteBuffer({
    columnData: [{ name: "Id", data: ["1", "2", "3"], type: "STRING" }],
  });
  const file = { byteLength: buffer.byteLength, slice: buffer.slice.bind(buffer) };
  const lying = (change: Readonly<Record<string, bigint>>, rows = 3n) => {
    const metadata = parquetMetadata(buffer);
    const [group] = metadata.row_groups;
    const [column] = group?.columns ?? [];
    Object.assign(column?.meta_data ?? {}, change);
    return { metadata, group: { ...group!, num_rows: rows } };
  };

  test.each([
    ["more rows than any group has", lying({}, 20_000_000n), "a group claims 20000000 rows"],
    ["fewer than no rows", lying({}, -1n), "a group claims -1 rows"],
    ["other rows than values", lying({}, 5n), "a column claims 3 values for 5 rows"],
    [
      "a column behind the end",
      lying({ data_page_offset: 10_000n, dictionary_page_offset: 10_000n }),
      "the metadata claims a column beyond the file's end",
    ],
  ])("%s is refused", async (_, { metadata, group }, problem) => {
    await expect(checkPages(file, metadata, group, {})).rejects.toThrow(problem);
  });

  test("columns that share their data, as a bomb's do, are refused", () => {
    const { metadata } = lying({ total_compressed_size: 10_000_000n });
    expect(() => checkSizes(file, metadata)).toThrow(
      "the metadata claims 10000000 bytes of columns",
    );
  });
});

describe("a tar archive", () => {
  test("with a name of a megabyte is said to be broken, and what came before is read", async () => {
    const archive = tar([
      { name: "a.json", content: ndjson([row(1)]) },
      { name: "long", content: "x".repeat(megabytes(1)), type: "L" },
      { name: "b.json", content: ndjson([row(2)]) },
    ]);
    const entries = await read(archive);
    expect(ids(entries)).toEqual(["1"]);
    expect(problemsIn(entries)).toEqual([expect.stringContaining("a name in it is too long")]);
  });
});

/** Of hundreds of megabytes, which take seconds. */
if (isWhole) {
  describe("a file that unpacks to a thousand times its size", () => {
    const zeros = Buffer.alloc(megabytes(200));

    test("is one problem and costs no record before it: gzip", async () => {
      const bomb = gzipSync(Buffer.concat([Buffer.from(`${line(1)}\n`), zeros]), { level: 1 });
      const before = process.memoryUsage().rss;
      const entries = await read(bomb);
      expect(ids(entries)).toEqual(["1"]);
      expect(problemsIn(entries)).toEqual([expect.stringMatching(/^2: /)]);
      expect(process.memoryUsage().rss - before).toBeLessThan(megabytes(190));
    });

    test("is one problem and costs no record beside it: gzip in tar", async () => {
      const bomb = Buffer.concat([Buffer.from(`${line(1)}\n`), zeros.subarray(0, megabytes(70))]);
      const archive = tar([
        { name: "a.json.gz", content: gzipSync(bomb, { level: 1 }) },
        { name: "b.json", content: ndjson([row(2)]) },
      ]);
      expect(ids(await read(archive))).toEqual(["1", "2"]);
    });
  });
}
