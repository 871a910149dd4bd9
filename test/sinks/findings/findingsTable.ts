import type { TableSchema } from "../../../standins/logService/columns.ts";
import { datetimeOf } from "../../../standins/logService/datetime.ts";
import { createAnalyser } from "../../../standins/logService/kusto.ts";
import { runQuery } from "../../../standins/logService/runQuery.ts";
import { createStore } from "../../../standins/logService/store.ts";
import { builtInTables } from "../../../standins/logService/tables.ts";
import type { Publication } from "../../../standins/logService/toRow.ts";
import { textOf, type Value } from "../../../standins/logService/values.ts";
import { shippedRule, shippedTables } from "../../../standins/ingestion/collectionRule.ts";
import {
  startIngestion,
  type IngestionOptions,
} from "../../../standins/ingestion/startIngestion.ts";
import { findingsLog, type FindingsLogOptions } from "../../../src/sinks/findings/findingsLog.ts";
import { byteLength } from "../../../src/detection/incidents/size.ts";
import { clouds } from "../../../src/settings/clouds.ts";
import { workspaceId } from "../../builders.ts";
import { certificate, connection, credential } from "../../azure/wire.ts";

export const ruleId = `dcr-${"0a".repeat(16)}`;
export const stream = "Custom-MfaDenyFindings_CL";

const tables: Readonly<Record<string, TableSchema>> = { ...builtInTables, ...shippedTables() };
const analyser = createAnalyser(tables);

export type TableRow = Readonly<Record<string, Value>>;

/** Some cells of a row as text, in one line. */
export function told(row: TableRow, ...columns: readonly string[]): string {
  return columns.map((column) => textOf(row[column] ?? null)).join(" ");
}

/** The findings' table behind its ingestion endpoint, and a clock that is moved by hand. */
export async function startFindingsTable(now: number, more: Partial<IngestionOptions> = {}) {
  const store = createStore(tables);
  const bench = { now };
  const clock = () => bench.now;
  const ingestion = await startIngestion({
    certificate,
    ruleId,
    rule: shippedRule(),
    clock,
    // Tokens go by the real time.
    audiences: [clouds.public.logsIngestion.audience],
    publish: (table, rows) => store.add(workspaceId, table, rows),
    ...more,
  });
  const identity = credential();
  return {
    ingestion,
    identity,
    moveTo(at: number) {
      bench.now = at;
    },
    sink: (options: Partial<FindingsLogOptions> = {}) =>
      findingsLog({
        endpoint: ingestion.url,
        audience: clouds.public.logsIngestion.audience,
        credential: identity,
        ruleId,
        stream,
        clock: { now: clock },
        ...connection,
        ...options,
      }),
    /** What a query yields at that time. */
    query(text: string, at = bench.now): readonly TableRow[] {
      const question = { query: text, workspaceIds: [workspaceId], timespan: undefined };
      const { columns, rows } = runQuery({ ...question, now: datetimeOf(at) }, analyser, store);
      return rows.map(({ values }) =>
        Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? null])),
      );
    },
    /** Stores alerts that the analytics rule made of its rows, as Sentinel does. They can be queried from then on. */
    storeAlerts(alerts: readonly TableRow[], at: number): void {
      store.add(workspaceId, "SecurityAlert", alertsOf(alerts, at));
    },
    stop: () => ingestion.stop(),
  };
}

/** Rows of the analytics rule as Sentinel stores the alerts that it makes of them. */
export function alertsOf(
  rows: readonly Readonly<Record<string, unknown>>[],
  publishedAt: number,
): readonly Publication[] {
  for (const row of rows) {
    // Sentinel cuts what is longer, maybe within a character.
    if (sizeOf(row["Title"]) > 256 || sizeOf(row["Description"]) > 5_000) {
      throw new Error("The name or the description of an alert is too long.");
    }
  }
  return rows.map(({ FindingId, Severity, Title }) => ({
    publishedAt,
    row: {
      TimeGenerated: publishedAt,
      AlertName: Title,
      AlertSeverity: Severity,
      ProviderName: "ASI Scheduled Alerts",
      ExtendedProperties: JSON.stringify({
        "Query Period": "1.00:00:00",
        "Custom Details": JSON.stringify({ FindingId: [FindingId] }),
      }),
    },
  }));
}

const sizeOf = (text: unknown) => (typeof text === "string" ? byteLength(text) : 0);

export type FindingsBench = Awaited<ReturnType<typeof startFindingsTable>>;
