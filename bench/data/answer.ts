import { candidateColumns, servedAt } from "../../src/logs/azure/columns.ts";
import { randomOf } from "../../src/tenant/random.ts";
import type { SigninRow } from "../../src/tenant/row.ts";
import { generateDay, seed } from "./template.ts";

/** An answer of the query API, as the service writes it. */
export interface Answer {
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rows: readonly (readonly unknown[])[];
  }[];
}

/** Returns an answer to the query for candidates with this many rows, plus the row with the service's time. */
export function candidateAnswer(rowCount: number): Answer {
  const { candidates } = generateDay();
  const random = randomOf(seed, 11);
  const columns = Object.entries(candidateColumns).map(([name, type]) => ({ name, type }));
  const rows = Array.from({ length: rowCount }, (_, index) => {
    const row = candidates[index % candidates.length] ?? {};
    return columns.map(({ name, type }) =>
      name === "Id" || name === "OriginalRequestId" ? random.guid() : cellOf(row, name, type),
    );
  });
  const last = columns.map(({ name, type }) =>
    name === servedAt ? "2026-03-11T00:00:00.0000000Z" : type === "string" ? "" : null,
  );
  return { tables: [{ name: "PrimaryResult", columns, rows: [...rows, last] }] };
}

/** Dynamic values are sent as JSON text. */
function cellOf(row: SigninRow, name: string, type: string): unknown {
  const value = row[name];
  if (value === undefined) {
    return type === "string" ? "" : null;
  }
  return type === "dynamic" ? JSON.stringify(value) : value;
}
