/** Logs as they are met, of a made-up tenant, taken apart into records so that they can be spoilt one by one. */
import { gzipSync } from "node:zlib";
import {
  toDiagnosticRecord,
  toGraphSignIn,
  toLogAnalyticsCsv,
  toPortalCsv,
  toQueryAnswer,
} from "../../src/tenant/dialects.ts";
import type { SigninRow } from "../../src/tenant/row.ts";
import { parquetWriteBuffer } from "hyparquet-writer";
import { avro, message } from "../logs/files/containers/avroFile.ts";
import { tar } from "../logs/files/containers/tarFile.ts";
import { zip } from "../logs/files/containers/zipping.ts";
import { rowsOf, smallTenant } from "../tenant/tenants.ts";

/** Real-shaped rows, the ones that matter among them. */
const day = rowsOf(smallTenant());
const telling = day.filter((row) => /denied|declined|fraud/i.test(JSON.stringify(row)));

/** How a row is written by those who write logs. */
export const writers: Readonly<Record<string, (row: SigninRow) => object>> = {
  "Log Analytics": (row) => row,
  "diagnostic settings": toDiagnosticRecord,
  "Microsoft Graph": toGraphSignIn,
};

/** Half of them refusals. The number is in the row's ids, by which it is found again. */
export function rowsFrom(start: number, count: number): readonly SigninRow[] {
  return Array.from({ length: count }, (_, n) => {
    const all = n % 2 === 0 ? telling : day;
    return { ...all[(start + n) % all.length], Id: `sound-${n}` };
  });
}

/** How JSON records are joined. All of these can be split again, whatever a record contains. */
export const layouts: Readonly<Record<string, (records: readonly string[]) => string>> = {
  lines: (records) => `${records.join("\n")}\n`,
  array: (records) => `[${records.join(",")}]`,
  "array over lines": (records) => `[\n${records.join(",\n")}\n]\n`,
  envelope: (records) => `{"time":"}","records":[${records.join()}]}`,
  "envelope a line": (records) => records.map((each) => `{"records":[${each}]}\n`).join(""),
  page: (records) => `{"@odata.context":"[","value":[${records.join(", ")}],"@odata.nextLink":"{"}`,
  "list of envelopes": (records) => `[${records.map((each) => `{"records":[${each}]}`).join()}]`,
};

/** What stands around the rows of a file of the kind. */
const tables: Readonly<Record<string, (rows: readonly SigninRow[]) => Buffer>> = {
  "query answer": (rows) => Buffer.from(JSON.stringify(toQueryAnswer(rows))),
  "CSV of Log Analytics": (rows) => Buffer.from(toLogAnalyticsCsv(rows, { dates: "iso" })),
  "CSV of a union, with semicolons": (rows) =>
    Buffer.from(toLogAnalyticsCsv(rows, { dates: "dotted", delimiter: ";", pairs: true })),
  "CSV of the Entra portal": (rows) => Buffer.from(toPortalCsv(rows)),
  "CSV in UTF-16": (rows) =>
    Buffer.from(`\ufeff${toLogAnalyticsCsv(rows, { dates: "iso" })}`, "utf16le"),
  "capture file of Event Hubs": (rows) =>
    avro({
      codec: "deflate",
      blocks: [rows.map((row, n) => message(JSON.stringify(toDiagnosticRecord(row)), n))],
    }),
  "capture file of Event Hubs, not packed": (rows) =>
    avro({ blocks: rows.map((row, n) => [message(JSON.stringify(toDiagnosticRecord(row)), n)]) }),
  Parquet: (rows) => parquet(rows, "SNAPPY"),
  "Parquet, not packed": (rows) => parquet(rows, "UNCOMPRESSED"),
};

/** A column for each that some row has, with JSON in those of nested values. */
function parquet(rows: readonly SigninRow[], codec: "SNAPPY" | "UNCOMPRESSED"): Buffer {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columnData = names.map((name) => ({
    name,
    type: "STRING" as const,
    data: rows.map((row) => {
      const value = row[name] ?? null;
      return typeof value === "string" || value === null ? value : JSON.stringify(value);
    }),
  }));
  return Buffer.from(parquetWriteBuffer({ columnData, codec, rowGroupSize: 20 }));
}

const containers: Readonly<Record<string, (content: Buffer) => Buffer>> = {
  plain: (content) => content,
  gzip: (content) => gzipSync(content, { level: 1 }),
  tar: (content) => tar([{ name: "a/log.json", content }]),
  zip: (content) =>
    zip([
      { name: "a/log.json", content },
      { name: "b.csv", content, stored: true },
    ]),
};

/** Every kind of file, by content and packing. */
export function files(rows: readonly SigninRow[]): ReadonlyMap<string, () => Buffer> {
  const json = Object.entries(writers).flatMap(([writer, write]) =>
    Object.entries(layouts).map(([layout, lay]) => {
      const content = () => Buffer.from(lay(rows.map((row) => JSON.stringify(write(row)))));
      return [`${writer}, ${layout}`, content] as const;
    }),
  );
  const others = Object.entries(tables).map(([name, write]) => [name, () => write(rows)] as const);
  return new Map(
    [...json, ...others].flatMap(([name, content]) =>
      Object.entries(containers).map(
        ([container, pack]) => [`${name}, ${container}`, () => pack(content())] as const,
      ),
    ),
  );
}
