import { describe, expect, it } from "vitest";
import { findingColumns, findingRow, mergeRow } from "../../../src/sinks/findings/findingRow.ts";
import { contextColumns } from "../../../src/sinks/findings/contextRow.ts";
import type { Context } from "../../../src/detection/context/context.ts";
import type { Finding } from "../../../src/detection/decisions/finding.ts";
import { incidentOf } from "../../../src/run/incidentOf.ts";
import type { Incident } from "../../../src/run/ports.ts";
import { alice, tenantId, time } from "../../builders.ts";
import { approval, finding, recorded } from "../../detection/builders.ts";
import {
  campaign,
  noContext,
  registered,
  report,
  spray,
  success,
} from "../../detection/incidents/contexts.ts";
import { approvedIncident, id, incident } from "../../run/incidents.ts";

const now = time("10:00");
const nothing = Object.fromEntries(Object.keys(findingColumns).map((name) => [name, null]));

function ofUser(user: string, userId: string | null): Incident {
  const { summary, ...rest } = incident(1);
  const subject = { ...summary.subject, tenantId, user };
  return { ...rest, summary: { ...summary, subject, evidence: { ...summary.evidence, userId } } };
}

describe("the row of a finding", () => {
  it("has every column, with null for missing values", () => {
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
      Labels: ["explicit-mfa-deny", "T1621"],
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
      IPAddress2: "192.0.2.2",
      IPAddress3: null,
      IPAddresses: ["192.0.2.1", "192.0.2.2"],
      Application: "Azure Portal",
      Applications: ["Azure Portal", "Teams"],
    });
  });

  it("shows when a prompt was approved, and how that matches", () => {
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

describe("the columns of a context", () => {
  const context: Context = {
    ...noContext,
    origins: {
      verdict: "mixed",
      historyDays: 30,
      addresses: [
        { address: "192.0.2.1", known: true, days: 9, location: null, asNumber: null },
        { address: "203.0.113.10", known: false, days: 0, location: null, asNumber: null },
      ],
      devices: [
        { id: "d-1", name: "LAPTOP-7", known: true, days: 9 },
        { id: "d-2", name: null, known: null, days: 0 },
      ],
      traits: [],
    },
    password: { right: 4, shown: 5, wrongBefore: 2 },
    spray,
    successes: [success],
    reports: [report],
    followed: [
      { ...registered, at: time("09:11"), meaning: "protective" },
      { ...registered, at: time("09:19"), meaning: "neutral" },
      { ...registered, at: time("09:20"), address: null },
      { ...registered, at: time("09:21"), kind: "inbox-rule", what: "New-InboxRule" },
    ],
    campaign,
    gaps: [{ table: "AuditLogs", problem: "cut" }],
  };
  const approved = { severity: "High", approval: { at: time("09:30"), match: "other" } } as const;
  const details = { location: "Berlin", application: "Office", method: "push", session: "s" };
  const rowOf = (found: Partial<Finding>, user: string = alice.name) =>
    findingRow(
      incidentOf(
        { rule: "explicit-mfa-deny", workspaceId: null, tenantId, user },
        { burst: recorded("09:00", "09:10"), before: null, reason: "first-seen" },
        { ...finding(approved), ...found },
      ),
      now,
    );

  it("hold each answer", () => {
    expect(rowOf({ context, approvals: [approval("09:30", { details })] })).toMatchObject({
      Labels: expect.arrayContaining(["takeover-signs", "spray-before", "campaign"]),
      ApprovalIPAddress: "198.51.100.99",
      ApprovalLocation: "Berlin",
      ApprovalApplication: "Office",
      ApprovalMethod: "push",
      ApprovalSession: "s",
      OriginVerdict: "mixed",
      HistoryDays: 30,
      NewAddresses: ["203.0.113.10"],
      Device: "LAPTOP-7",
      Devices: ["LAPTOP-7", "d-2"],
      PasswordRight: 4,
      PasswordShown: 5,
      WrongPasswordsBefore: 2,
      SprayAccounts: 14,
      SprayAttempts: 40,
      SuccessesAfter: 1,
      FirstSuccessAt: "2026-03-10T09:25:00.000Z",
      AuditReports: 1,
      TakeoverSigns: 2,
      FirstSign: "User registered security info",
      FirstSignAt: "2026-03-10T09:20:00.000Z",
      FollowedBy: [
        { at: "2026-03-10T09:11:00.000Z", meaning: "protective" },
        { at: "2026-03-10T09:20:00.000Z", meaning: "takeover", address: null },
        { what: "New-InboxRule" },
      ],
      FollowedIPAddress: "203.0.113.10",
      Mailbox: alice.name,
      CampaignId: "the-earliest",
      CampaignUsers: 2,
      CampaignMembers: ["bob@contoso.com", "carol@contoso.com"],
      ContextGaps: ["AuditLogs: cut"],
    });
    expect(rowOf({ context }, alice.id).Mailbox).toBeNull();
  });

  it("are empty where nothing was found, and null where nothing was looked up", () => {
    const cells = (row: object) =>
      Object.entries(row).flatMap(([name, value]) =>
        name in contextColumns && value !== null ? [[name, value]] : [],
      );
    expect(Object.fromEntries(cells(rowOf({ context: noContext })))).toEqual({
      OriginVerdict: "unknown",
      HistoryDays: 0,
      NewAddresses: [],
      Devices: [],
      SuccessesAfter: 0,
      AuditReports: 0,
      TakeoverSigns: 0,
      FollowedBy: [],
      ContextGaps: [],
    });
    expect(cells(rowOf({ context: null, approvals: [approval("09:20")] }))).toEqual([]);
    expect(cells(rowOf({ context: null, approvals: [approval("09:30")] }))).toEqual([
      ["ApprovalIPAddress", "198.51.100.99"],
    ]);
  });
});
