import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { rowsArbitrary, ruleArbitrary } from "./arbitraries.ts";
import { oracle, type Row } from "./oracle.ts";
import { detectOnce, findingsOf, law, ruleOf } from "./runs.ts";

describe("the detector and the oracle", () => {
  it("find the same in any rows by any rule", async () => {
    await law(
      fc.asyncProperty(rowsArbitrary(), ruleArbitrary(), async (rows, rule) => {
        expect(findingsOf(await detectOnce(rows, ruleOf(rule)))).toEqual(oracle(rows, rule));
      }),
      2_000,
    );
  });

  it("find the same where rows come as diagnostic records, of an Event Hub or a storage account", async () => {
    const shapes = fc.array(fc.constantFrom(...dialects), { minLength: 1, maxLength: 5 });
    await law(
      fc.asyncProperty(rowsArbitrary(), ruleArbitrary(), shapes, async (rows, rule, each) => {
        const records = rows.map((row, i) => each[i % each.length]?.(row) ?? row);
        expect(findingsOf(await detectOnce(records, ruleOf(rule)))).toEqual(oracle(rows, rule));
      }),
      500,
    );
  });
});

const dialects: readonly ((row: Row) => Row)[] = [
  (row) => row,
  diagnosticRecord,
  (row) => {
    const record = diagnosticRecord(row);
    return { ...record, properties: JSON.stringify(record["properties"]) };
  },
];

/** The content of the envelope is not among the properties. */
function diagnosticRecord(row: Row): Row {
  const { TimeGenerated, Type, Category, AADTenantId, TenantId: _, ResultType, ...columns } = row;
  const nonInteractive = Type === "AADNonInteractiveUserSignInLogs";
  return {
    time: TimeGenerated,
    category: nonInteractive ? "NonInteractiveUserSignInLogs" : Category,
    operationName: "Sign-in activity",
    tenantId: AADTenantId,
    resultType: ResultType,
    properties: Object.fromEntries(
      Object.entries(columns).map(([name, value]) => [camelCase(name), value]),
    ),
  };
}

/** `UserPrincipalName` to `userPrincipalName`, `IPAddress` to `ipAddress`. */
function camelCase(column: string): string {
  return column.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (head) => head.toLowerCase());
}
