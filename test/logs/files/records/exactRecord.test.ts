import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fields } from "../../../../src/detection/signin/fields.ts";
import { readSignIn } from "../../../../src/detection/signin/signIn.ts";
import { isExactRecord } from "../../../../src/logs/files/records/exactRecord.ts";
import { normaliseRecord } from "../../../../src/logs/files/records/normaliseRecord.ts";
import { toDiagnosticRecord, toGraphSignIn } from "../../../../src/tenant/dialects.ts";
import { generateTenant } from "../../../../src/tenant/tenant.ts";
import { cases } from "../../../cases.ts";
import { rowsOf, startKeyword } from "../../../tenant/tenants.ts";

const rows = rowsOf(
  generateTenant({ seed: 5, users: 20, days: 1, startAt: startKeyword, signInsPerUserPerDay: 3 }),
);

/** As a file has them. */
const dialects: Readonly<Record<string, readonly Fields[]>> = {
  "Log Analytics": rows.map(asJson),
  "diagnostic settings": rows.map(toDiagnosticRecord).map(asJson),
  "Microsoft Graph": rows.map(toGraphSignIn).map(asJson),
};

function asJson(value: unknown): Fields {
  return JSON.parse(JSON.stringify(value)) as Fields;
}

/** The names that detection asks a record for, and those that it asks the record's `properties` for. */
function namesAsked(record: Fields): ReadonlySet<string> {
  const names = new Set<string>();
  const spied = (fields: Fields): Fields =>
    new Proxy(fields, {
      get: (target, name) => {
        names.add(String(name));
        const value: unknown = Reflect.get(target, name);
        return name === "properties" ? spied(value as Fields) : value;
      },
      getOwnPropertyDescriptor: (target, name) => {
        names.add(String(name));
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
  readSignIn(spied(record));
  names.delete("properties");
  return names;
}

describe("a record in the names that detection reads is taken as it is", () => {
  test.each(Object.entries(dialects))("every row of %s", (_, records) => {
    expect(records.filter((record) => !isExactRecord(record))).toEqual([]);
  });

  test("whichever of the names it has", () => {
    const asked = namesAsked({ UserId: "u", properties: { Id: "i", ResultType: "0" } });
    expect(asked.size).toBeGreaterThan(40);
    const base = { Id: "i", ResultType: "0" };
    expect([...asked].filter((name) => !isExactRecord({ ...base, [name]: "" }))).toEqual([]);
  });
});

describe("what it says is what it says when it is brought into those names", () => {
  /** Values that exporters write otherwise, and names that hide what detection reads. */
  const odd = fc.constantFrom<readonly [string, unknown]>(
    ["CreatedDateTime", "/Date(1773133311000)/"],
    ["createdDateTime", "Tue, 10 Mar 2026 09:01:51 GMT"],
    ["createdDateTime", 1_773_133_311],
    ["ResultType", "500121.0"],
    ["ResultType", "Failure"],
    ["Result_Type", "500121"],
    ["IsInteractive", 0],
    ["isInteractive", "no"],
    ["user_principal_name", "eve@contoso.com"],
    ["Status", "@{errorCode=500121; additionalDetails=MFA denied; user declined}"],
    ["status", { ErrorCode: 500121, AdditionalDetails: "MFA denied; user declined" }],
    ["Status_string", "{'errorCode': 500121}"],
    ["AuthenticationDetails", ["{}"]],
    ["AuthenticationDetails", "[{'authenticationStepResultDetail': 'MFA denied'}]"],
    ["authentication_details", []],
    ["LocationDetails", "@{city=Berlin}"],
    ["ResourceTenantId", "00000000-0000-0000-0000-0000000000cd"],
    ["AADTenantId", null],
    ["Id", ""],
  );

  test.each(Object.entries(dialects))("of %s", (_, records) => {
    let exact = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...records),
        fc.array(fc.nat(), { maxLength: 3 }),
        fc.array(odd, { maxLength: 2 }),
        (whole, left, added) => {
          const record = changed(whole, left, added);
          if (isExactRecord(record)) {
            exact++;
            const normal = normaliseRecord(record, { dateOrder: null });
            expect(normal.kind === "record" && readSignIn(normal.record)).toEqual(
              readSignIn(record),
            );
          }
        },
      ),
      { numRuns: cases(500) },
    );
    expect(exact).toBeGreaterThan(10);
  });

  /** Without some members and with others, where the sign-in is. */
  function changed(
    whole: Fields,
    left: readonly number[],
    added: readonly (readonly [string, unknown])[],
  ): Fields {
    if (whole["properties"] !== undefined) {
      return { ...whole, properties: changed(whole["properties"] as Fields, left, added) };
    }
    const names = Object.keys(whole);
    const without = new Set(left.map((at) => names[at % names.length]));
    const kept = Object.entries(whole).filter(([name]) => !without.has(name));
    return Object.fromEntries([...kept, ...added]);
  }
});
