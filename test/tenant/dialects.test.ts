import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  everyColumn,
  toDiagnosticRecord,
  toEventHubMessage,
  toJsonArray,
  toNdjson,
  toQueryAnswer,
} from "../../src/tenant/dialects.ts";
import { rowsOf, smallTenant, stepsOf, text } from "./tenants.ts";

const rows = rowsOf(smallTenant()).slice(0, 200);
const row = rows.find((candidate) => stepsOf(candidate).length > 1) ?? {};

describe("the dialects of a row", () => {
  test("as export lines and as a JSON array have the rows unchanged", () => {
    const lines = toNdjson(rows).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(rows);
    expect(JSON.parse(toJsonArray(rows))).toEqual(rows);
  });

  test("know the table's columns and types", () => {
    const schema: { name: string; type: string }[] = JSON.parse(
      readFileSync(new URL("../fixtures/SigninLogs.schema.json", import.meta.url), "utf8"),
    );
    expect(everyColumn).toEqual([{ name: "TenantId", type: "string" }, ...schema]);
  });

  test("as a query's answer have dynamic values as text, and empty text for missing ones", () => {
    const [table] = toQueryAnswer([row]).tables;
    expect(table.name).toBe("PrimaryResult");
    const [cells] = table.rows;
    const value = (name: string) =>
      cells?.[everyColumn.findIndex((column) => column.name === name)];
    expect(JSON.parse(String(value("Status")))).toEqual(row["Status"]);
    expect(value("AuthenticationDetails")).toBe(row["AuthenticationDetails"]);
    expect(value("ServicePrincipalName")).toBe("");
    expect(value("FlaggedForReview")).toBeNull();
    expect(cells).toHaveLength(everyColumn.length);
  });

  test("as a query's answer have only the projected columns", () => {
    const columns = [{ name: "Id", type: "string" as const }];
    expect(toQueryAnswer([row], columns).tables[0].rows).toEqual([[row["Id"]]]);
  });

  test("as a diagnostic record have camel case, and steps as an array", () => {
    const record = toDiagnosticRecord(row);
    expect(record).toMatchObject({
      time: row["TimeGenerated"],
      category: row["Category"],
      tenantId: row["AADTenantId"],
      resultType: row["ResultType"],
      callerIpAddress: row["IPAddress"],
      Level: 4,
      properties: {
        id: row["Id"],
        userPrincipalName: row["UserPrincipalName"],
        status: row["Status"],
        ipAddress: row["IPAddress"],
        originalRequestId: row["OriginalRequestId"],
        location: row["LocationDetails"],
        authenticationDetails: stepsOf(row),
        createdDateTime: text(row, "CreatedDateTime"),
      },
    });
    const lost = Object.keys(record["properties"] ?? {}).filter((name) => /^[A-Z]/.test(name));
    expect(lost).toEqual([]);
    expect(toEventHubMessage(rows).records).toHaveLength(rows.length);
  });
});
