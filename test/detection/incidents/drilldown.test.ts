import { describe, expect, it } from "vitest";

import { drilldowns } from "../../../src/detection/incidents/drilldown.ts";
import { analyse } from "../../../standins/logService/analyse.ts";
import { alice } from "../../builders.ts";
import { facts } from "../builders.ts";

/** The columns of Microsoft's tables that the queries use; a stand-in workspace does not have them. */
const tables = {
  AADUserRiskEvents: {
    TimeGenerated: "datetime",
    UserPrincipalName: "string",
    UserId: "string",
    RiskEventType: "string",
    RiskLevel: "string",
    RiskState: "string",
    IpAddress: "string",
    Source: "string",
  },
  AuditLogs: {
    TimeGenerated: "datetime",
    OperationName: "string",
    Category: "string",
    Result: "string",
    InitiatedBy: "dynamic",
    TargetResources: "dynamic",
  },
} as const;

const users = [
  alice.name,
  alice.id,
  "a_fabrikam.com#EXT#@contoso.com",
  `" or 1 == 1 // \\"`,
  "line\nbreak ``` 'quotes' \u202e \ud83d 🙂 <b>",
  "x".repeat(2_000),
];

const ofAlice = () => drilldowns(alice.name, facts()).map(({ query }) => query);

describe("the drill-downs", () => {
  it("are the denials, what was changed since, and the sign-ins and risk events of the week before", () => {
    expect(drilldowns(alice.name, facts()).map(({ title }) => title)).toEqual([
      "This user's denials in the span",
      "Changes of roles and authentication methods since",
      "This user's other sign-ins of the 7 days before",
      "This user's other risk events of the 7 days before",
    ]);
  });

  it("begin early enough and end when late rows have been published", () => {
    const [denials, changes, signIns, risks] = ofAlice();
    expect(denials).toContain(
      "TimeGenerated between (datetime(2026-03-10T08:00:00.000Z) .. datetime(2026-03-12T09:10:00.000Z))",
    );
    expect(changes).toContain("TimeGenerated >= datetime(2026-03-10T09:00:00.000Z)");
    const week =
      "TimeGenerated between (datetime(2026-03-03T09:00:00.000Z) .. datetime(2026-03-10T09:00:00.000Z))";
    expect(signIns).toContain(week);
    expect(risks).toContain(week);
  });

  it.each(users)("are valid KQL for the user %j, on one line a step", (user) => {
    for (const { query } of drilldowns(user, facts())) {
      expect(analyse(query, tables).diagnostics).toEqual([]);
      const [who, table, ...steps] = query.split("\n");
      expect(who).toMatch(/^let who = "[^"]*";$/);
      expect(table).toMatch(/^\w+$/);
      expect(steps.length).toBeGreaterThanOrEqual(3);
      expect(steps.every((line) => line.startsWith("| "))).toBe(true);
    }
  });

  it("yield columns that an analyst can read", () => {
    expect(ofAlice().map((query) => analyse(query, tables).columns.length)).toEqual([7, 5, 6, 5]);
  });

  it("would be said to be wrong if they were", () => {
    for (const query of ofAlice()) {
      const broken = query.replace(/UserPrincipalName =~|tostring\(InitiatedBy\)/, "UserName =~");
      expect(analyse(broken, tables).diagnostics.length).toBeGreaterThan(0);
    }
  });
});
