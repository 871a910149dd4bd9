import { describe, expect, it } from "vitest";
import { findingColumns, findingRow, mergeRow } from "../../../src/sinks/findings/findingRow.ts";
import type { Incident } from "../../../src/run/ports.ts";
import { alice, tenantId, time } from "../../builders.ts";
import { approvedIncident, id, incident } from "../../run/incidents.ts";

const now = time("10:00");
const nothing = Object.fromEntries(Object.keys(findingColumns).map((name) => [name, null]));

function ofUser(user: string, userId: string | null): Incident {
  const { summary, ...rest } = incident(1);
  const subject = { ...summary.subject, tenantId, user };
  return { ...rest, summary: { ...summary, subject, evidence: { ...summary.evidence, userId } } };
}

describe("the row of a finding", () => {
  it("has every column, with null where there is no value", () => {
    expect(findingRow(ofUser(alice.name, null), now)).toEqual({
      ...nothing,
      TimeGenerated: "2026-03-10T10:00:00.000Z",
      FindingId: id,
      Revision: 1,
      Change: "opened",
      Reason: "first-seen",
      RuleId: "explicit-mfa-deny",
      RuleName: "Explicit MFA Deny Detection",
      Severity: "Medium",
      Title: "MFA push attack on alice@contoso.com",
      Description: incident(1).text.description,
      UserPrincipalName: alice.name,
      AccountName: "alice",
      AccountUPNSuffix: "contoso.com",
      AadTenantId: tenantId,
      Guest: false,
      Denials: 5,
      AtLeast: false,
      FraudReports: 0,
      FirstDenialAt: "2026-03-10T09:00:00.000Z",
      TriggeredAt: "2026-03-10T09:00:00.000Z",
      LastDenialAt: "2026-03-10T09:00:00.000Z",
      IPAddresses: [],
      Applications: [],
      UserAgents: [],
      Locations: [],
      Techniques: ["T1621"],
    });
  });

  it("names the first address and application beside all of them", () => {
    const { summary, ...rest } = incident(1);
    const evidence = {
      ...summary.evidence,
      ipAddresses: ["192.0.2.1", "192.0.2.2"],
      applications: ["Azure Portal", "Teams"],
    };
    expect(findingRow({ ...rest, summary: { ...summary, evidence } }, now)).toMatchObject({
      IPAddress: "192.0.2.1",
      IPAddresses: ["192.0.2.1", "192.0.2.2"],
      Application: "Azure Portal",
      Applications: ["Azure Portal", "Teams"],
    });
  });

  it("tells when a prompt was approved, and how that matches", () => {
    expect(findingRow(approvedIncident(2), now)).toMatchObject({
      ApprovedAt: "2026-03-10T09:00:00.000Z",
      ApprovalMatch: "same-address",
    });
  });

  it("knows an account by name and suffix, and one without a principal name by its id only", () => {
    const account = (user: string, userId: string | null) => {
      const { UserPrincipalName, AccountName, AccountUPNSuffix, AadUserId } = findingRow(
        ofUser(user, userId),
        now,
      );
      return [UserPrincipalName, AccountName, AccountUPNSuffix, AadUserId];
    };
    expect(account(alice.name, alice.id)).toEqual([alice.name, "alice", "contoso.com", alice.id]);
    expect(account("a@b@contoso.com", null)).toEqual([
      "a@b@contoso.com",
      "a@b",
      "contoso.com",
      null,
    ]);
    expect(account("@contoso.com", null)).toEqual(["@contoso.com", "", "contoso.com", null]);
    expect(account("alice", null)).toEqual(["alice", "alice", null, null]);
    expect(account(alice.id, alice.id.toUpperCase())).toEqual([
      alice.id,
      null,
      null,
      alice.id.toUpperCase(),
    ]);
  });

  it("is of a change that was opened, then raised where its severity rose since, else changed", () => {
    const change = (sentRevision: number, severitySince: number) => {
      const { summary, ...rest } = incident(4, { sentRevision });
      return findingRow({ ...rest, summary: { ...summary, severitySince } }, now).Change;
    };
    expect([change(0, 1), change(0, 4), change(1, 3), change(2, 3), change(3, 3)]).toEqual([
      "opened",
      "opened",
      "raised",
      "raised",
      "changed",
    ]);
  });

  it("that was merged says into which, and nothing else", () => {
    expect(mergeRow(id, "the-keeper", now)).toEqual({
      ...nothing,
      TimeGenerated: "2026-03-10T10:00:00.000Z",
      FindingId: id,
      Revision: 0,
      Change: "merged",
      MergedInto: "the-keeper",
    });
  });
});
