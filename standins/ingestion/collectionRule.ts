import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ColumnType, TableSchema } from "../logService/columns.ts";

interface NamedColumn {
  readonly name: string;
  readonly type: string;
}

/** The parts of a data collection rule that the stand-in reads, in the format of its resource. */
export interface CollectionRule {
  readonly properties: {
    readonly streamDeclarations: Readonly<
      Record<string, { readonly columns: readonly NamedColumn[] }>
    >;
    readonly dataFlows: readonly {
      readonly streams: readonly string[];
      readonly outputStream: string;
      readonly transformKql: string;
    }[];
  };
}

/** The data collection rule in this repository. */
export function shippedRule(): CollectionRule {
  return readShipped("dataCollectionRule.json") as CollectionRule;
}

/** The custom table in this repository, as a table of the log service. */
export function shippedTables(): Readonly<Record<string, TableSchema>> {
  const { schema } = (
    readShipped("table.json") as {
      readonly properties: {
        readonly schema: { readonly name: string; readonly columns: readonly NamedColumn[] };
      };
    }
  ).properties;
  const columns = schema.columns.map(({ name, type }) => [name, kustoType(type)] as const);
  return { [schema.name]: Object.fromEntries(columns) };
}

/** Azure Monitor's resources use "boolean" where Kusto uses "bool". */
function kustoType(type: string): ColumnType {
  return (type === "boolean" ? "bool" : type) as ColumnType;
}

/** Relative to the project's folder, for the sources and the built app. */
function readShipped(name: string): unknown {
  return JSON.parse(readFileSync(join("infra", "findings", name), "utf8"));
}

/** Checks that a value fits a column of a stream. Null always fits. */
const holds: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  int: (value) => Number.isInteger(value),
  long: (value) => Number.isSafeInteger(value),
  real: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  datetime: (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value),
  dynamic: () => true,
};

export type IngestedRow = Readonly<Record<string, unknown>>;

/**
 * Returns the rows of an upload to a stream, or the problem with them. It is stricter than the service, which
 * silently drops values that do not fit and unknown columns.
 */
export function readRows(
  body: unknown,
  columns: readonly NamedColumn[],
): { readonly rows: readonly IngestedRow[] } | { readonly problem: string } {
  if (!Array.isArray(body) || !body.every(isRow)) {
    return { problem: "The body is not a JSON array." };
  }
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  for (const row of body) {
    for (const [name, value] of Object.entries(row)) {
      const type = types.get(name);
      if (type === undefined) {
        return { problem: `The stream has no column ${name}.` };
      }
      if (value !== null && holds[type]?.(value) !== true) {
        return { problem: `The column ${name} is ${type}.` };
      }
    }
    if (typeof row["TimeGenerated"] !== "string") {
      return { problem: "TimeGenerated is missing." };
    }
  }
  return { rows: body };
}

function isRow(value: unknown): value is IngestedRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
