import { describe, expect, it } from "vitest";

import { drilldowns } from "../../../src/detection/incidents/drilldown.ts";
import { analyse } from "../../../standins/logService/analyse.ts";
import { alice } from "../../builders.ts";
import { accountOf, facts, named } from "../builders.ts";

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
  OfficeActivity: {
    TimeGenerated: "datetime",
    UserId: "string",
    Operation: "string",
    ClientIP: "string",
    Parameters: "string",
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

const ofAlice = () =>
  drilldowns(accountOf(alice), facts(), ["203.0.113.10"]).map(({ query }) => query);

describe("the drill-downs", () => {
  it("decide first: who signed in since, what was changed, rules of the mailbox and risk", () => {
    expect(
      drilldowns(accountOf(alice), facts(), ["203.0.113.10"]).map(({ title }) => title),
    ).toEqual([
      "Successful sign-ins since, by anybody from these addresses and by this user",
      "Changes of roles, authentication methods and consents since",
      "Inbox rules and forwarding since",
      "This user's risk events, 7 days before and since",
      "This user's denials in the span",
      "This user's other sign-ins of the 7 days before",
    ]);
  });

  it("begin early enough and end when late rows have been published", () => {
    const [successes, changes, rules, risks, denials, signIns] = ofAlice();
    expect(denials).toContain(
      "TimeGenerated between (datetime(2026-03-10T08:00:00.000Z) .. datetime(2026-03-12T09:10:00.000Z))",
    );
    for (const query of [successes, changes, rules]) {
      expect(query).toContain(
        "TimeGenerated between (datetime(2026-03-10T09:00:00.000Z) .. datetime(2026-03-12T09:10:00.000Z))",
      );
    }
    expect(signIns).toContain(
      "TimeGenerated between (datetime(2026-03-03T09:00:00.000Z) .. datetime(2026-03-10T09:00:00.000Z))",
    );
    expect(risks).toContain(
      "TimeGenerated between (datetime(2026-03-03T09:00:00.000Z) .. datetime(2026-03-12T09:10:00.000Z))",
    );
  });

  it("name the addresses of the denials, twenty at most", () => {
    const [query] = drilldowns(
      accountOf(alice),
      facts(),
      Array.from({ length: 30 }, (_, i) => `203.0.113.${i}`),
    ).map((each) => each.query);
    expect(query).toContain('"203.0.113.19")');
    expect(query).not.toContain('"203.0.113.20"');
  });

  it.each(users)("are valid KQL for the user %j, on one line a step", (user) => {
    for (const { query } of drilldowns(named(user), facts(), [])) {
      expect(analyse(query, tables).diagnostics).toEqual([]);
      const [who, table, ...steps] = query.split("\n");
      expect(who).toMatch(/^let who = dynamic\(\["[^"]*"\]\);$/);
      expect(table).toMatch(/^(?:union )?\w+(?:, \w+)*$/);
      expect(steps.length).toBeGreaterThanOrEqual(3);
      expect(steps.every((line) => line.startsWith("| "))).toBe(true);
    }
  });

  it("yield columns that an analyst can read", () => {
    expect(ofAlice().map((query) => analyse(query, tables).columns.length)).toEqual([
      6, 5, 4, 5, 7, 6,
    ]);
  });

  it("would be said to be wrong if they were", () => {
    for (const query of ofAlice()) {
      const broken = query.replace(
        /UserPrincipalName in~|strcat\(TargetResources|UserId in~/,
        "UserName in~",
      );
      expect(analyse(broken, tables).diagnostics.length).toBeGreaterThan(0);
    }
  });
});
