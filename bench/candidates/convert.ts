import { readSync, openSync, closeSync } from "node:fs";
import type { Turn } from "../frame/rounds.ts";
import { connected } from "./duckdb.ts";

interface ConvertTask {
  readonly path: string;
  /** A file that ends in `.csv` or `.parquet`. */
  readonly to: string;
}

/** Writes a log in another format, with its columns as they are; objects and lists become JSON text. */
export async function work({ path, to }: ConvertTask): Promise<Turn> {
  const startedAt = performance.now();
  const connection = await connected(2);
  const types = Object.entries(firstRow(path)).map(
    ([name, value]) => `"${name}": '${typeof value === "object" ? "JSON" : "VARCHAR"}'`,
  );
  const format = to.includes(".csv") ? "FORMAT csv, HEADER" : "FORMAT parquet";
  await connection.run(
    `COPY (SELECT * FROM read_json('${path}', format = 'newline_delimited', columns = {${types.join(", ")}}))
     TO '${to}' (${format})`,
  );
  return { ms: performance.now() - startedAt };
}

/** All rows of a generated log have the same columns. */
function firstRow(path: string): object {
  const file = openSync(path, "r");
  const head = Buffer.alloc(64 * 1024);
  readSync(file, head);
  closeSync(file);
  return JSON.parse(head.toString("utf8", 0, head.indexOf(10))) as object;
}
