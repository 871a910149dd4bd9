import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { answer, ndjson, problemsIn, read, readCut, recordsIn, row, rows } from "../reading.ts";

const three = [row(0), { ...row(1), Text: 'brackets ]}[{ "quoted" \\ \n é 🙂' }, row(2)];
const pretty = (value: unknown) => JSON.stringify(value, null, 2);
const [table] = answer(three).tables;
const sameInRows = (records: readonly unknown[]) =>
  records.map((record) =>
    Object.fromEntries(Object.entries(record as object).filter(([, value]) => value !== null)),
  );

/** As Microsoft Graph answers, with a link to the next page. */
const page = (records: readonly unknown[]) => ({
  "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns",
  "@odata.nextLink": "https://graph.microsoft.com/v1.0/auditLogs/signIns?$skiptoken=1",
  value: records,
});

const containers: Record<string, string> = {
  NDJSON: ndjson(three),
  "NDJSON without a last newline": ndjson(three).trimEnd(),
  "NDJSON with CRLF and blank lines": `\r\n${ndjson(three).replaceAll("\n", "\r\n\r\n")}  \r\n`,
  "a compact array": JSON.stringify(three),
  "a pretty-printed array": pretty(three),
  "an array with one element a line": `[\n${three.map((r) => JSON.stringify(r)).join(",\n")}\n]\n`,
  "arrays one after the other": `[${JSON.stringify(three[0])}]\n${JSON.stringify(three.slice(1))}`,
  "an envelope": JSON.stringify({ records: three }),
  "a pretty-printed envelope": pretty({ records: three }),
  "an envelope with one record a line": `{"records":[\n${three.map((r) => JSON.stringify(r)).join("\n,")}\n]}`,
  "an envelope a line": three.map((r) => JSON.stringify({ records: [r] })).join("\n"),
  "envelopes without anything between": three.map((r) => JSON.stringify({ records: [r] })).join(""),
  "envelopes in an array": JSON.stringify([
    { records: three.slice(0, 2) },
    { records: three.slice(2) },
  ]),
  "records and envelopes by turns": `${JSON.stringify(three[0])}\n${JSON.stringify({ records: three.slice(1) })}\n`,
  "a batch of records a line": `${JSON.stringify(three[0])}\n${JSON.stringify(three.slice(1))}\n`,
  "an envelope whose array comes late": JSON.stringify({
    count: 3,
    meta: { records: [1] },
    records: three,
  }),
  "a page of Microsoft Graph": JSON.stringify(page(three)),
  "a pretty-printed page": pretty(page(three)),
  "a page whose link comes last": JSON.stringify({
    value: three,
    "@odata.nextLink": "https://a/]",
  }),
  "pages one after the other": `${pretty(page(three.slice(0, 1)))}\n${pretty(page(three.slice(1)))}`,
  "a page a line": three.map((r) => JSON.stringify(page([r]))).join("\n"),
  "pages in an array": JSON.stringify([page(three.slice(0, 2)), page(three.slice(2))]),
  "pretty-printed objects": three.map(pretty).join("\n"),
  "compact objects without anything between": three.map((r) => JSON.stringify(r)).join(""),
  "objects separated by commas": three.map((r) => JSON.stringify(r)).join(",\n"),
  "a query answer": JSON.stringify(answer(three)),
  "a pretty-printed query answer": pretty(answer(three)),
  "a query answer with rows before columns": JSON.stringify({
    tables: [{ rows: table?.rows, columns: table?.columns }],
  }),
  "a query answer a line": three.map((r) => JSON.stringify(answer([r]))).join("\n"),
  "a bare table": JSON.stringify({ columns: table?.columns, rows: table?.rows }),
  "a Kusto answer": JSON.stringify({
    Tables: [
      {
        TableName: "T",
        Columns: table?.columns.map(({ name }) => ({ ColumnName: name })),
        Rows: table?.rows,
      },
    ],
  }),
  "Kusto frames": JSON.stringify([
    {
      FrameType: "DataTable",
      Columns: table?.columns.map(({ name }) => ({ ColumnName: name })),
      Rows: table?.rows,
    },
  ]),
};

describe.each(Object.entries(containers))("%s", (_, text) => {
  const bytes = Buffer.from(text);
  const utf16 = Buffer.from(`\uFEFF${text}`, "utf16le");
  const encodings: [string, Buffer][] = [
    ["plain", bytes],
    ["with a byte order mark", Buffer.from(`\uFEFF${text}`)],
    ["in UTF-16LE", utf16],
    ["in UTF-16BE", Buffer.from(utf16).swap16()],
    ["compressed", gzipSync(bytes)],
    [
      "compressed in two members",
      Buffer.concat([gzipSync(bytes.subarray(0, 50)), gzipSync(bytes.subarray(50))]),
    ],
  ];

  test.each(encodings)("is read %s", async (_name, content) => {
    const entries = await read(content);
    expect(problemsIn(entries)).toEqual([]);
    expect(sameInRows(recordsIn(entries))).toEqual(three);
  });

  test("is read the same in chunks of any size", async () => {
    const expected = await read(bytes);
    for (const size of [1, 2, 3, 7, 64]) {
      expect(await read(bytes, size)).toEqual(expected);
    }
    expect(await read(gzipSync(bytes), 1)).toEqual(expected);
  });

  test("is read the same wherever it is cut in two", async () => {
    const expected = await read(bytes);
    for (let at = 1; at < bytes.length; at++) {
      expect(await readCut([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
  });
});

describe("places", () => {
  const places = async (text: string) =>
    (await read(text)).map(({ place }) => `${place.line ?? ""}[${place.index ?? ""}]`);

  test("a record on a line has the line alone", async () => {
    expect(await places(`\n${ndjson(rows(2))}`)).toEqual(["2[]", "3[]"]);
  });

  test("records in an envelope on a line have the line and their index", async () => {
    expect(await places(ndjson([{ records: rows(2) }, { records: rows(1) }]))).toEqual([
      "1[0]",
      "1[1]",
      "2[0]",
    ]);
  });

  test("elements of an array have their index", async () => {
    expect(await places(JSON.stringify(rows(2)))).toEqual(["[0]", "[1]"]);
  });

  test("pretty-printed objects and envelopes count through the file", async () => {
    expect(await places(`${pretty(row(0))}\n${pretty({ records: rows(2) })}`)).toEqual([
      "[0]",
      "[1]",
      "[2]",
    ]);
  });

  test("rows have their index", async () => {
    expect(await places(pretty(answer(rows(2))))).toEqual(["[0]", "[1]"]);
  });

  test("a record in an envelope within an array has the index of the envelope", async () => {
    expect(await places(JSON.stringify([{ records: rows(2) }, { records: rows(1) }]))).toEqual([
      "[0]",
      "[0]",
      "[1]",
    ]);
  });
});

describe("nothing to read", () => {
  test.each([
    ["an empty file", ""],
    ["blanks", " \r\n\n"],
    ["an empty array", "[]"],
    ["an empty envelope", '{"records":[]}'],
    ["an empty page", '{"@odata.context":"","value":[]}'],
    ["an answer without rows", JSON.stringify(answer([]))],
    ["only a byte order mark", "\uFEFF"],
    ["empty data, compressed", gzipSync("")],
  ])("%s has no records and is not an error", async (_, content) => {
    expect(await read(content)).toEqual([]);
  });
});
