import { createRequire } from "node:module";
import { join } from "node:path";
import { candidateColumns } from "../../src/logs/azure/columns.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";
import { findingsDigest, judgeRows, type LookForApprovals } from "../findings/judge.ts";
import type { ScanTask } from "../findings/scanTask.ts";
import type { Turn } from "../frame/rounds.ts";

/** The used part of `@duckdb/node-api`, which only the bench installs. */
interface DuckDb {
  readonly DuckDBInstance: {
    create(path: string, options: Readonly<Record<string, string>>): Promise<Instance>;
  };
}
interface Instance {
  connect(): Promise<Connection>;
}
interface Connection {
  run(sql: string): Promise<unknown>;
  stream(sql: string): Promise<Result>;
}
interface Result {
  yieldRowObjectJson(): AsyncIterable<readonly Fields[]>;
}

/**
 * DuckDB reads the columns of the detector's queries once, and keeps the rows that may contain a denial or an
 * approval. Denials are judged for everybody, and approvals only for users on whom a rule fires.
 */
export async function work({ path, threads = 2 }: ScanTask): Promise<Turn> {
  const connection = await connected(threads);
  const startedAt = performance.now();
  await connection.run(reading(path));
  const candidates = rowsOf(connection, "SELECT * FROM looked_at WHERE candidate");
  const report = await judgeRows(candidates, approvalsIn(connection));
  return { ms: performance.now() - startedAt, digest: findingsDigest(report) };
}

/** Opens a database in memory. */
export async function connected(threads: number): Promise<Connection> {
  const require = createRequire(join(process.cwd(), "bench", "package.json"));
  const { DuckDBInstance } = require("@duckdb/node-api") as DuckDb;
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  return await instance.connect();
}

function reading(path: string): string {
  const columns = Object.entries(candidateColumns).filter(([name]) => name !== "ServedAt");
  const types = columns.map(([name, type]) => `${name}: '${sqlTypeOf(type)}'`).join(", ");
  const names = columns.map(([name]) => `'${name}'`).join(", ");
  return `
    CREATE TEMP TABLE looked_at AS
    SELECT * EXCLUDE (texts), ResultType = '500121' OR regexp_matches(texts,
        '(?i)denied|declined|fraud|suspiciousactivityreported|duplicate|select') AS candidate
    FROM (
      SELECT *, concat(AuthenticationDetails, ' ', Status::JSON->>'additionalDetails') AS texts
      FROM (SELECT COLUMNS(name -> name IN (${names})) FROM ${table(path, types)})
    )
    WHERE candidate
      OR (ResultType IN ('0', '50140', '50199') AND contains(lower(texts), 'completed'))`;
}

/** Other formats have their columns as text (`convert.ts`). */
function table(path: string, types: string): string {
  if (path.endsWith(".csv")) {
    return `read_csv('${path}', header = true, all_varchar = true)`;
  }
  return path.endsWith(".parquet")
    ? `read_parquet('${path}')`
    : `read_json('${path}', format = 'newline_delimited', columns = {${types}})`;
}

function sqlTypeOf(type: string): string {
  return type === "dynamic" ? "JSON" : type === "bool" ? "BOOLEAN" : "VARCHAR";
}

function approvalsIn(connection: Connection): LookForApprovals {
  return (users) => {
    const names = [...users].map((name) => `'${name}'`).join(", ");
    return rowsOf(
      connection,
      `SELECT * FROM looked_at WHERE NOT candidate AND lower(UserPrincipalName) IN (${names})`,
    );
  };
}

const jsonColumns = ["Status", "LocationDetails", "DeviceDetail"];

async function* rowsOf(connection: Connection, sql: string): AsyncGenerator<readonly Fields[]> {
  const result = await connection.stream(sql);
  for await (const batch of result.yieldRowObjectJson()) {
    yield batch.map((row) => {
      const dynamic = jsonColumns.map((name) => [name, parsed(row[name])] as const);
      return { ...row, ...Object.fromEntries(dynamic) };
    });
  }
}

function parsed(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}
