import { describe, expect, it } from "vitest";

import { drilldowns } from "../../src/detection/drilldown.ts";
import { analyse } from "../../src/local/logService/analyse.ts";
import { alice } from "../builders.ts";
import { facts } from "./builders.ts";

/** The columns of Microsoft's table that the query uses; a stand-in workspace does not have it. */
const riskEvents = {
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
} as const;

const users = [
  alice.name,
  alice.id,
  "a_fabrikam.com#EXT#@contoso.com",
  `" or 1 == 1 // \\"`,
  "line\nbreak ``` 'quotes' \u202e \ud83d 🙂 <b>",
  "x".repeat(2_000),
];

describe("the drill-downs", () => {
  it("are this user's denials and this user's other risk events", () => {
    expect(drilldowns(alice.name, facts()).map(({ title }) => title)).toEqual([
      "The denials of this user in this span",
      "Other risk events of this user in the 7 days before",
    ]);
  });

  it("begin early enough and end when late rows have been published", () => {
    const [denials, risks] = drilldowns(alice.name, facts()).map(({ query }) => query);
    expect(denials).toContain(
      "TimeGenerated between (datetime(2026-03-10T08:00:00.000Z) .. datetime(2026-03-12T09:10:00.000Z))",
    );
    expect(risks).toContain(
      "TimeGenerated between (datetime(2026-03-03T09:00:00.000Z) .. datetime(2026-03-12T09:10:00.000Z))",
    );
  });

  it.each(users)("are valid KQL for the user %j, on one line a step", (user) => {
    for (const { query } of drilldowns(user, facts())) {
      expect(analyse(query, riskEvents).diagnostics).toEqual([]);
      const lines = query.split("\n");
      expect(lines.slice(1).every((line) => line.startsWith("| "))).toBe(true);
      expect(lines).toHaveLength(query.startsWith("SigninLogs") ? 5 : 4);
    }
  });

  it("would be said to be wrong if they were", () => {
    for (const { query } of drilldowns(alice.name, facts())) {
      const broken = query.replace("UserPrincipalName =~", "UserName =~");
      expect(analyse(broken, riskEvents).diagnostics).toHaveLength(1);
    }
  });
});
