import { describe, expect, test } from "vitest";
import { answer, ndjson, problemsIn, read, recordsIn, refusal, row, rows } from "./reading.ts";
import { isWhole } from "../../cases.ts";

const line = (id: number) => JSON.stringify(row(id));
const megabytes = (count: number) => count * 1024 * 1024;

/** Reads, and gives the ids of the records and the problems in the order of each. */
async function outcome(content: string | Buffer) {
  const entries = await read(content);
  return { ids: recordsIn(entries).map(({ Id }) => Number(Id)), problems: problemsIn(entries) };
}

describe("a bad line", () => {
  test.each([
    ["malformed", '{"Id": oops}', "not valid JSON (12 bytes)"],
    ["cut by a newline", '{"Id":"9","Text":"abc', "object is cut off"],
    ["a number", "42", "not an object"],
    ["a text", '"42"', "not an object"],
    ["null", "null", "not an object"],
    ["prose", "[2026-03-10 INFO] logs follow", "not valid JSON (29 bytes)"],
    ["NUL bytes", "\0\0\0\0", "bytes outside of any JSON object"],
    ["NUL bytes before a record", `\0\0{"Id":oops}`, "contains NUL bytes (13 bytes)"],
    ["a bracket too many", "}", "bytes outside of any JSON object"],
  ])("that is %s is reported with its number, and the rest is read", async (_, bad, reason) => {
    for (const [text, at] of [
      [`${line(1)}\n${bad}\n${line(2)}\n`, 2],
      [`${bad}\n${line(1)}\n${line(2)}\n`, 1],
      [`${line(1)}\n${line(2)}\n${bad}`, 3],
    ] as const) {
      expect(await outcome(text)).toEqual({ ids: [1, 2], problems: [`${at}: ${reason}`] });
    }
  });

  test("is reported without any of its content", async () => {
    const entries = await read(`${line(1)}\n{"UserPrincipalName":"alice@contoso.com" oops\n`);
    expect(problemsIn(entries).join()).not.toMatch(/alice|oops/);
  });

  test("does not hide the records that share the line with it", async () => {
    const { ids, problems } = await outcome(`${line(1)}\n${line(2)}${line(3)} {"Id":`);
    expect(ids).toEqual([1, 2, 3]);
    expect(problems).toEqual(["2: object is cut off"]);
  });

  test("of one first line followed by a good one is distinguished from pretty-printing", async () => {
    expect(await outcome(`{"broken":\n${line(1)}\n`)).toEqual({
      ids: [1],
      problems: ["1: object is cut off"],
    });
  });

  test("with invalid UTF-8 is reported as such", async () => {
    const bad = Buffer.concat([
      Buffer.from('{"Id":"\xE9'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n'),
    ]);
    const content = Buffer.concat([Buffer.from(`${line(1)}\n`), bad, Buffer.from(line(2))]);
    expect(await outcome(content)).toEqual({ ids: [1, 2], problems: ["2: invalid UTF-8"] });
  });

  test("is not made of a replacement character that is really there", async () => {
    expect(await outcome(`${line(1)}\n{"Id":"2","Text":"\uFFFD"}`)).toEqual({
      ids: [1, 2],
      problems: [],
    });
  });
});

describe("a bad element", () => {
  test.each([
    ["malformed", '{"Id": oops}', "not valid JSON (12 bytes)"],
    ["a number", "42", "not an object"],
    ["a text", '"a]"', "not an object"],
    ["null", "null", "not an object"],
    ["a number within an array", "[42]", "not an object"],
    ["closed by the wrong bracket", '{"Id":1]', "not valid JSON (8 bytes)"],
    ["a lone bracket", "}", "not valid JSON (1 bytes)"],
    ["nested beyond reason", "[".repeat(70_000) + "]".repeat(70_000), "nested too deeply"],
  ])("that is %s is reported with its index, and the rest is read", async (_, bad, reason) => {
    const elements = `[${line(1)},${bad},${line(2)}]`;
    expect(await outcome(elements)).toEqual({ ids: [1, 2], problems: [`[1]: ${reason}`] });
    expect(await outcome(`${line(0)}\n{"records":${elements}}\n`)).toEqual({
      ids: [0, 1, 2],
      problems: [`2[1]: ${reason}`],
    });
  });

  test("in a list within a list costs no record beside it", async () => {
    for (const bad of ["42", "null", '"a text"', "[42]"]) {
      const text = `[[${line(1)},${bad},${line(2)}],[],${line(3)}]`;
      expect(await outcome(text)).toEqual({ ids: [1, 2, 3], problems: ["[0]: not an object"] });
    }
  });

  test.each([
    ["array", `[${line(1)},${line(2)},{"Id":`, "array is cut off after 3 elements"],
    ["array without its end", `[${line(1)},${line(2)}`, "array is cut off after 2 elements"],
    [
      "pretty-printed array",
      JSON.stringify(rows(3).slice(1), null, 1).slice(0, -1),
      "array is cut off after 2 elements",
    ],
    [
      "pretty-printed envelope",
      `{\n"records": [\n${line(1)},\n${line(2)}\n]\n`,
      "object is cut off",
    ],
    [
      "pretty-printed object",
      `${JSON.stringify(rows(3).slice(1), null, 1).slice(1, -1)},\n{\n`,
      "object is cut off",
    ],
  ])("cannot be located in a truncated %s, which is reported once", async (_, text, reason) => {
    expect(await outcome(text)).toEqual({ ids: [1, 2], problems: [`: ${reason}`] });
  });

  test("with an open string costs no line but its own", async () => {
    const elements = `${line(1)},\n{"Id":"x},\n${line(2)},\n${line(3)}`;
    const problems = ["[1]: not valid JSON (10 bytes)"];
    expect(await outcome(`[\n${elements}\n]`)).toEqual({ ids: [1, 2, 3], problems });
    expect(await outcome(`[${elements}]`)).toEqual({ ids: [1, 2, 3], problems });
  });

  test("does not end an envelope on one line", async () => {
    const text = `${ndjson([{ records: [row(1)] }])}{"records":[${line(2)},{"Id":oops},${line(3)},{"I\n${line(4)}\n`;
    expect(await outcome(text)).toEqual({
      ids: [1, 2, 3, 4],
      problems: ["2[1]: not valid JSON (11 bytes)", "2: array is cut off after 4 elements"],
    });
  });
});

describe("a query answer", () => {
  const table = answer(rows(2)).tables[0];

  test("that is partial says so", async () => {
    const error = { code: "PartialError", message: "The query ran into a limit." };
    const problems = [": partial answer: PartialError The query ran into a limit."];
    for (const text of [
      { ...answer(rows(2)), error },
      { error, ...answer(rows(2)) },
    ]) {
      expect(await outcome(JSON.stringify(text, null, 1))).toEqual({ ids: [0, 1], problems });
    }
  });

  test.each([
    ["shorter than the columns", ["1"], "row has 1 values for 2 columns"],
    ["no array", { Id: "1" }, "row is not an array"],
  ])("with a row that is %s reports it and reads the rest", async (_, bad, reason) => {
    const text = JSON.stringify(
      { tables: [{ ...table, rows: [["1", ""], bad, ["2", ""]] }] },
      null,
      1,
    );
    expect(await outcome(text)).toEqual({ ids: [1, 2], problems: [`[1]: ${reason}`] });
  });

  test("without columns reports its rows", async () => {
    const text = `${line(1)}\n${JSON.stringify({ tables: [{ rows: [["1"]] }] })}`;
    expect(await outcome(text)).toEqual({
      ids: [1],
      problems: ["2[0]: row of a table without columns"],
    });
  });

  test.each([
    ["before its columns", '{"rows":[["1","a"]],"rows":[["2","b"]],COLUMNS}'],
    ["behind its columns", '{COLUMNS,"rows":[["1","a"]],"x":1,"rows":[["2","b"]]}'],
    [
      "around another table",
      '{"rows":[["1","a"]],"tables":[{"rows":[]}],COLUMNS,"rows":[["2","b"]]}',
    ],
  ])("with its rows in several parts %s loses no rows", async (_, text) => {
    const columns = `"columns":${JSON.stringify(table?.columns)}`;
    const found = await outcome(`${line(0)}\n${text.replace("COLUMNS", columns)}`);
    expect(found).toEqual({ ids: [0, 1, 2], problems: [] });
  });

  test("cannot change what objects are made of by the name of a column", async () => {
    const columns = [
      { name: "__proto__" },
      { name: "Id" },
      { name: "Id" },
      { name: "ResultType" },
      {},
    ];
    const [record] = recordsIn(
      await read(JSON.stringify({ columns, rows: [[{ polluted: true }, "1", "2", "", "x"]] })),
    );
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(record).toMatchObject({ Id: "2", "column 4": "x" });
    expect(Object.hasOwn(record ?? {}, "__proto__")).toBe(true);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("size", () => {
  const long = (size: number) => `{"Id":"2","Text":"${"x".repeat(size)}"}`;

  test("a line of more than 64 MB is reported and passed over", async () => {
    const problems = ["2: record larger than 64 MB"];
    expect(await outcome(`${line(1)}\n${long(megabytes(65))}\n${line(3)}`)).toEqual({
      ids: [1, 3],
      problems,
    });
  });

  // Of hundreds of megabytes, `npm test` takes one example.
  if (isWhole) {
    test("a line of 50 MB is read", async () => {
      expect(await outcome(`${line(1)}\n${long(megabytes(50))}\n${line(3)}`)).toEqual({
        ids: [1, 2, 3],
        problems: [],
      });
    });

    test("an element of more than 64 MB is reported and passed over", async () => {
      const problems = ["[1]: record larger than 64 MB"];
      expect(await outcome(`[${line(1)},${long(megabytes(65))},${line(3)}]`)).toEqual({
        ids: [1, 3],
        problems,
      });
    });
  }

  test("a line of millions of NUL bytes is one problem and quickly passed over", async () => {
    const zeros = Buffer.alloc(megabytes(20));
    const content = Buffer.concat([
      Buffer.from(`${line(1)}\n`),
      zeros,
      Buffer.from(`\n${line(2)}\n`),
      zeros,
    ]);
    const problem = "bytes outside of any JSON object";
    expect(await outcome(content)).toEqual({
      ids: [1, 2],
      problems: [`2: ${problem}`, `4: ${problem}`],
    });
  });

  test("a million brackets are one problem", async () => {
    const deep = "[".repeat(1_000_000);
    const { ids, problems } = await outcome(`${line(1)}\n{"a":${deep}\n${line(2)}\n`);
    expect(ids).toEqual([1, 2]);
    expect(problems).toHaveLength(1);
    expect((await outcome(`${line(1)}\n${deep}\n${line(2)}\n`)).problems).toHaveLength(1);
  });

  test("envelopes within envelopes are opened once", async () => {
    const nested = `${'{"records":['.repeat(500)}${"]}".repeat(500)}`;
    expect(await read(`${line(1)}\n${nested}\n`)).toHaveLength(2);
  });
});

describe("a file of no known shape", () => {
  test.each([
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
    ["a web page", "<!doctype html>\n<html><body>{}</body></html>\n"],
    ["plain text", "Alice signed in.\nAlice was asked.\n"],
    ["CSV of another kind", 'Name,User,Status\n"2026-03-10","Alice",Failure\n'],
    ["rich text", "{\\rtf1\\ansi Alice}"],
    ["a style sheet", "{ color: red }"],
    ["a log of lines with brackets", "[10:00] start\n[10:01] end\n"],
    ["a number", "42"],
    ["zeros", Buffer.alloc(100_000)],
    ["JSON of another kind", JSON.stringify({ name: "a-package", version: "1.0.0" }, null, 2)],
    [
      "lines of JSON of another kind",
      ndjson(Array.from({ length: 500 }, (_, id) => ({ id, level: "info" }))),
    ],
  ])("is refused by name: %s", async (_, content) => {
    expect(await refusal(content)).toMatch(
      /^logs\.json: not a sign-in log(?: of a known shape \(|: this is )/,
    );
  });

  test("is not what other logs of Entra are, which are named", async () => {
    expect(await refusal(ndjson([{ time: "", category: "AuditLogs", properties: {} }]))).toBe(
      "logs.json: not a sign-in log: this is an Entra audit log",
    );
  });
});
