import type { Column, TableSchema } from "./columns.ts";
import { createAnalyser } from "./kusto.ts";
import { builtInTables } from "./tables.ts";

/**
 * Returns the result of Microsoft's analyser for a query over the sign-in tables and the given ones: its problems,
 * in sentences, and the columns it yields. It executes nothing, so it knows all of KQL.
 */
export function analyse(
  query: string,
  extraTables: Readonly<Record<string, TableSchema>> = {},
): { readonly diagnostics: readonly string[]; readonly columns: readonly Column[] } {
  const { problems, columns } = createAnalyser({ ...builtInTables, ...extraTables })(query);
  return {
    diagnostics: problems.map(({ code, message, start }) => `${code} at ${start}: ${message}`),
    columns,
  };
}
