import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLogFiles } from "../../../../src/logs/files/findLogFiles.ts";
import { readRecords, type Entry } from "../../../../src/logs/files/readRecords.ts";
import { InputError } from "../../../../src/logs/files/inputError.ts";
import { problemsIn, read, recordsIn, refusal } from "../reading.ts";
import { zip } from "./zipping.ts";

const status = JSON.stringify({
  errorCode: 500121,
  additionalDetails: "MFA denied; user declined",
});

/** Rows as a warehouse writes them: lower-case names, a time as a timestamp, a status as text. */
function parquet(
  count: number,
  rowGroupSize = 1_000,
  codec: "SNAPPY" | "UNCOMPRESSED" = "SNAPPY",
): Buffer {
  const all = <T>(value: (at: number) => T) => Array.from({ length: count }, (_, at) => value(at));
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "id", data: all((at) => `id-${at}`), type: "STRING" },
      { name: "user_principal_name", data: all(() => "alice@contoso.com"), type: "STRING" },
      {
        name: "created_date_time",
        data: all((at) => new Date(Date.UTC(2026, 2, 10, 9, 0, at))),
        type: "TIMESTAMP",
      },
      { name: "result_type", data: all(() => 500121n), type: "INT64" },
      { name: "is_interactive", data: all(() => true), type: "BOOLEAN" },
      { name: "status", data: all(() => status), type: "STRING" },
      { name: "user_type", data: all((at) => (at % 3 === 0 ? null : "Member")), type: "STRING" },
    ],
    rowGroupSize,
    codec,
  });
  return Buffer.from(buffer);
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parquet-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function readFile(name: string, content: Buffer): Promise<readonly Entry[]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const entries: Entry[] = [];
  for await (const batch of readRecords(await findLogFiles([path]))) {
    entries.push(...batch);
  }
  return entries;
}

describe("a Parquet file", () => {
  test("gives rows in the names and values that detection reads", async () => {
    const [record] = recordsIn(await readFile("logs.parquet", parquet(1)));
    expect(record).toEqual({
      Id: "id-0",
      UserPrincipalName: "alice@contoso.com",
      CreatedDateTime: "2026-03-10T09:00:00.000Z",
      ResultType: "500121",
      IsInteractive: true,
      Status: { errorCode: "500121", additionalDetails: "MFA denied; user declined" },
    });
  });

  test("is read over its groups of rows, from the disk, compressed, zipped and from a pipe", async () => {
    const content = parquet(250, 70);
    for (const entries of [
      await readFile("logs.parquet", content),
      await readFile("logs.parquet.gz", gzipSync(content)),
      await readFile("logs.zip", zip([{ name: "logs.parquet", content }])),
      await read(content),
    ]) {
      expect(problemsIn(entries)).toEqual([]);
      expect(recordsIn(entries).map(({ Id }) => Id)).toEqual(
        Array.from({ length: 250 }, (_, at) => `id-${at}`),
      );
    }
  });

  test("that is cut off, or whose footer lies, is refused by name", async () => {
    const whole = parquet(10);
    const footerAt = whole.length - 8;
    const lies = [0, 1, 2 ** 31 - 1, 0xffffffff].map((length) => {
      const lying = Buffer.from(whole);
      lying.writeUInt32LE(length, footerAt);
      return lying;
    });
    for (const broken of [whole.subarray(0, -20), whole.subarray(0, 20), ...lies]) {
      expect(await refusal(broken)).toMatch(
        /^logs\.json: (?:the Parquet file is cut off or broken|not a sign-in log)/,
      );
    }
  });

  // Every seventh bit: one of each byte.
  test.each(["SNAPPY", "UNCOMPRESSED"] as const)(
    "with any one byte changed ends well, and with no more rows than it has: %s",
    async (codec) => {
      const whole = parquet(4, 2, codec);
      for (let bit = 0; bit < whole.length * 8; bit += 7) {
        const broken = Buffer.from(whole);
        const at = bit >> 3;
        broken.writeUInt8(broken.readUInt8(at) ^ (1 << (bit & 7)), at);
        try {
          expect((await read(broken)).length).toBeLessThanOrEqual(4);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }
    },
  );

  test("of another kind is named", async () => {
    const other = parquetWriteBuffer({
      columnData: [{ name: "colour", data: ["red"], type: "STRING" }],
    });
    expect(await refusal(Buffer.from(other))).toBe(
      "logs.json: not a sign-in log: this is another kind of log or list",
    );
  });
});
