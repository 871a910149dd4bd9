import { readdirSync, readFileSync } from "node:fs";
import { shippedTables } from "../../standins/ingestion/collectionRule.ts";
import type { TableSchema } from "../../standins/logService/columns.ts";

/** What the queries read besides the sign-in tables: telemetry of the app, and Sentinel's word on its own rules. */
export const queriedTables: Readonly<Record<string, TableSchema>> = {
  ...shippedTables(),
  AppTraces: {
    TimeGenerated: "datetime",
    Message: "string",
    SeverityLevel: "int",
    OperationName: "string",
    OperationId: "string",
    AppRoleName: "string",
    Properties: "dynamic",
  },
  AppRequests: {
    TimeGenerated: "datetime",
    Name: "string",
    Success: "bool",
    ResultCode: "string",
    DurationMs: "real",
    OperationName: "string",
    OperationId: "string",
    AppRoleName: "string",
    Properties: "dynamic",
  },
  SentinelHealth: {
    TimeGenerated: "datetime",
    SentinelResourceId: "string",
    SentinelResourceName: "string",
    SentinelResourceType: "string",
    SentinelResourceKind: "string",
    Status: "string",
    Description: "string",
    Reason: "string",
    ExtendedProperties: "dynamic",
  },
};

interface WorkbookItem {
  readonly type: number;
  readonly name: string;
  readonly content: {
    readonly query?: string;
    readonly title?: string;
    readonly crossComponentResources?: readonly string[];
    readonly parameters?: readonly { readonly name: string; readonly value: unknown }[];
  };
}

export interface Workbook {
  readonly version: string;
  readonly items: readonly WorkbookItem[];
}

export function shippedWorkbook(path = "infra/workbook.json"): Workbook {
  return JSON.parse(readFileSync(path, "utf8")) as Workbook;
}

/** Every query of an alert, by its file. */
export function alertQueries(): ReadonlyMap<string, string> {
  const names = readdirSync("infra/alerts").filter((name) => name.endsWith(".kql"));
  return new Map(
    names.map((name) => [`alerts/${name}`, readFileSync(`infra/alerts/${name}`, "utf8")]),
  );
}

/** Every query of the workbook, by its name there. */
export function workbookQueries(): ReadonlyMap<string, string> {
  return new Map(
    shippedWorkbook().items.flatMap(({ name, content }) =>
      content.query === undefined ? [] : [[`workbook: ${name}`, content.query] as const],
    ),
  );
}

/** The fields of a line of the app's log that a query reads, as paths: `counts.rows`. */
export function fieldsRead(query: string): readonly string[] {
  return [...query.matchAll(/\b(?:Run|Line)\.([A-Za-z.]+)/g)].map(([, path]) => String(path));
}
