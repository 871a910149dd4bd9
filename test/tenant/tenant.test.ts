import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toLine } from "../../src/tenant/dialects.ts";
import { personOf } from "../../src/tenant/people.ts";
import { generateTenant } from "../../src/tenant/tenant.ts";
import { minuteMs, startKeyword, rowsOf, smallTenant, text } from "./tenants.ts";

const schema: { name: string; type: string }[] = JSON.parse(
  readFileSync(new URL("../fixtures/SigninLogs.schema.json", import.meta.url), "utf8"),
);

const rows = rowsOf(smallTenant());

describe("a generated tenant", () => {
  test("is the same, to the byte, for the same seed", () => {
    const tenant = smallTenant();
    expect(rowsOf(tenant).map(toLine)).toEqual(rows.map(toLine));
    expect(rowsOf(tenant).map(toLine)).toEqual(rows.map(toLine));
    expect(tenant.truth).toEqual(smallTenant().truth);
  });

  test("is another for another seed", () => {
    const other = smallTenant(8);
    expect(other.tenantId).not.toBe(smallTenant().tenantId);
    expect(rowsOf(other).slice(0, 50).map(toLine)).not.toEqual(rows.slice(0, 50).map(toLine));
  });

  test("has only columns of SigninLogs, with values of their types", () => {
    // TenantId, the workspace, is a column of every table and so of no table's own schema.
    const types = new Map(schema.map(({ name, type }) => [name, type]));
    types.set("TenantId", "string");
    const accepted: Record<string, string> = {
      string: "string",
      datetime: "string",
      bool: "boolean",
      long: "number",
      dynamic: "object",
    };
    for (const row of rows) {
      for (const [name, value] of Object.entries(row)) {
        expect(`${name} ${typeof value}`).toBe(`${name} ${accepted[types.get(name) ?? ""] ?? "-"}`);
      }
    }
  });

  test("has rows of a real row's size", () => {
    const bytes = rows.reduce((sum, row) => sum + toLine(row).length + 1, 0);
    expect(bytes / rows.length).toBeGreaterThan(2000);
    expect(bytes / rows.length).toBeLessThan(3500);
  });

  test("uses addresses of the documentation ranges only", () => {
    const documentation = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$|^2001:db8:/;
    expect(rows.filter((row) => !documentation.test(text(row, "IPAddress")))).toEqual([]);
    const anyIpv4 = /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g;
    const elsewhere = rows.flatMap((row) =>
      (JSON.stringify({ ...row, UserAgent: "", DeviceDetail: "" }).match(anyIpv4) ?? []).filter(
        (address) => !documentation.test(address),
      ),
    );
    expect(elsewhere).toEqual([]);
  });

  test("gives its people synthetic ids of version 4 and names of their own", () => {
    const v4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const column of ["Id", "CorrelationId", "UserId", "AADTenantId", "TenantId"]) {
      expect(rows.filter((row) => !v4.test(text(row, column)))).toEqual([]);
    }
    const names = Array.from({ length: 5000 }, (_, index) => personOf(1, index).upn);
    expect(new Set(names).size).toBe(names.length);
  });

  test("publishes in order, each row 2 to 12 minutes after it happened, and few of them late", () => {
    let previous = 0;
    let late = 0;
    for (const { publishedAt, row } of smallTenant().rows()) {
      expect(publishedAt).toBeGreaterThanOrEqual(previous);
      previous = publishedAt;
      const generated = Date.parse(text(row, "TimeGenerated"));
      const lag = generated - Date.parse(text(row, "CreatedDateTime"));
      expect(lag).toBeGreaterThanOrEqual(2 * minuteMs);
      expect(lag).toBeLessThanOrEqual(12 * minuteMs);
      if (publishedAt - generated > 6 * minuteMs) {
        late += 1;
      }
    }
    expect(late).toBeGreaterThan(0);
    expect(late / rows.length).toBeLessThan(0.02);
  });

  test("refuses options that make no sense, and names them", () => {
    const options = { seed: 1, users: 60, days: 1, startAt: startKeyword };
    expect(() => generateTenant({ ...options, startAt: startKeyword + 1 })).toThrow(/^startAt: /);
    expect(() => generateTenant({ ...options, users: 0 })).toThrow(/^users: /);
    expect(() => generateTenant({ ...options, users: 13 })).toThrow(/^users: .*"guest"/);
    expect(() => generateTenant({ ...options, days: 0.5 })).toThrow(/^days: /);
    expect(() => generateTenant({ ...options, seed: Number.NaN })).toThrow(/^seed: /);
  });
});
