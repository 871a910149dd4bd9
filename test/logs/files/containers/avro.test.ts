import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { toDiagnosticRecord } from "../../../../src/tenant/dialects.ts";
import { denied, row } from "../../../builders.ts";
import { problemsIn, read, readCut, recordsIn, refusal } from "../reading.ts";
import { avro, bytes, long, message } from "./avroFile.ts";

const record = (id: string) => ({
  time: "2026-03-10T09:02:00Z",
  category: "SignInLogs",
  resultType: "500121",
  properties: { id, userPrincipalName: "alice@contoso.com" },
});
const ids = (entries: Awaited<ReturnType<typeof read>>) =>
  recordsIn(entries).map((each) => (each["properties"] as { id: string }).id);

describe("a capture file of Event Hubs", () => {
  const bodies = [
    JSON.stringify({ records: [record("1"), record("2")] }),
    JSON.stringify(record("3")),
  ];

  test.each(["null", "deflate", "snappy"] as const)(
    "gives the records in its bodies, blocks packed by %s",
    async (codec) => {
      const file = avro({
        codec,
        blocks: [[message(bodies[0] ?? "")], [message(bodies[1] ?? "", 1)]],
      });
      for (const content of [file, gzipSync(file)]) {
        const entries = await read(content, 100);
        expect(problemsIn(entries)).toEqual([]);
        expect(ids(entries)).toEqual(["1", "2", "3"]);
      }
    },
  );

  test("says the same however it is cut into chunks", async () => {
    const file = avro({ blocks: [bodies.map((body, at) => message(body, at))] });
    const whole = await readCut([file]);
    for (const size of [1, 7, 64]) {
      expect(await read(file, size)).toEqual(whole);
    }
  });
});

describe("an Avro file of rows", () => {
  test("gives its rows under the names of its schema", async () => {
    const schema = {
      type: "record",
      name: "Row",
      fields: [
        { name: "id", type: "string" },
        { name: "user_principal_name", type: ["null", "string"] },
        {
          name: "status",
          type: { type: "record", name: "S", fields: [{ name: "error_code", type: "int" }] },
        },
        { name: "tags", type: { type: "array", items: "string" } },
      ],
    };
    const encoded = Buffer.concat([
      bytes("1"),
      long(1),
      bytes("alice@contoso.com"),
      long(500121),
      long(-1),
      long(4),
      bytes("new"),
      long(0),
    ]);
    expect(recordsIn(await read(avro({ schema, blocks: [[encoded]] })))).toEqual([
      {
        Id: "1",
        UserPrincipalName: "alice@contoso.com",
        ResultType: "500121",
        Status: { errorCode: "500121" },
      },
    ]);
  });
});

describe("an Avro file that lies", () => {
  const good = [message(JSON.stringify(record("1")))];

  test.each([
    [
      "about its number of records",
      avro({ blocks: [good], count: 2 ** 50 }),
      "claims 1125899906842624 records",
    ],
    [
      "about the size of a block",
      avro({ blocks: [good], size: 2 ** 40 }),
      "claims 1 records in 1099511627776 bytes",
    ],
    ["by a negative size", avro({ blocks: [good], size: -5 }), "claims 1 records in -5 bytes"],
    [
      "about a text's length",
      avro({ blocks: [[Buffer.concat([long(0), long(2 ** 45)])]] }),
      "beyond the end of its block",
    ],
    ["in its schema", avro({ schema: "{", blocks: [good] }), "schema is not JSON"],
    [
      "by a type that it never declares",
      avro({ schema: { type: "Foo" }, blocks: [good] }),
      "not declared",
    ],
    [
      "by a packing that nobody knows",
      avro({ codec: "zstandard", blocks: [good] }),
      "compressed with zstandard",
    ],
    [
      "about the size of what is packed",
      avro({ codec: "snappy", blocks: [[Buffer.alloc(0)]], claimed: 2 ** 31 }),
      "wrongly compressed, or larger than 64 MB",
    ],
    ["by its end", avro({ blocks: [good] }).subarray(0, -30), "ends too early"],
  ])("%s is a bad record that says so", async (_, file, problem) => {
    const [reason, ...more] = problemsIn(await read(file));
    expect(more).toEqual([]);
    expect(reason).toContain(problem);
  });

  test("costs no record before the lie", async () => {
    const file = avro({ blocks: [good, [Buffer.from("nonsense")]] });
    const entries = await read(file);
    expect(ids(entries)).toEqual(["1"]);
    expect(problemsIn(entries)).toHaveLength(1);
  });

  test("by a list of a billion nothings is refused", async () => {
    const schema = {
      type: "record",
      name: "R",
      fields: [{ name: "n", type: { type: "array", items: "null" } }],
    };
    const file = avro({ schema, blocks: [[Buffer.concat([long(1_000_000_000), long(0)])]] });
    expect(problemsIn(await read(file))[0]).toContain("more items than it has bytes");
  });
});

test("an Avro file of another kind is named", async () => {
  const schema = { type: "record", name: "R", fields: [{ name: "colour", type: "string" }] };
  expect(await refusal(avro({ schema, blocks: [[bytes("red")]] }))).toBe(
    "logs.json: not a sign-in log: this is another kind of log or list",
  );
});

test("the rows of the builders come through a capture file unchanged", async () => {
  const sent = toDiagnosticRecord(row({ at: "09:00:13", steps: [denied("09:00:13")] }));
  const entries = await read(avro({ blocks: [[message(JSON.stringify(sent))]] }));
  expect(recordsIn(entries)).toEqual([JSON.parse(JSON.stringify(sent))]);
});
