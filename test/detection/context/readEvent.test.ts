import { describe, expect, test } from "vitest";
import {
  readAuditEvent,
  readOfficeEvent,
  readRiskEvent,
} from "../../../src/detection/context/readEvent.ts";
import { time } from "../../builders.ts";

const at = new Date(time("09:20")).toISOString();
const aliceId = "00000000-0000-0000-0000-00000000A11C";
const user = { id: aliceId, userPrincipalName: "Alice@contoso.com", ipAddress: "203.0.113.10" };

/** A row of AuditLogs; a directoryAudit of Microsoft Graph says the same in other words. */
const row = {
  TimeGenerated: "2026-03-10T09:25:00Z",
  ActivityDateTime: at,
  OperationName: "User registered security info",
  Result: "success",
  ResultReason: "User registered Authenticator App",
  InitiatedBy: JSON.stringify({ user }),
  TargetResources: JSON.stringify([user]),
};

describe("a row of the audit log", () => {
  test("is read with who did what to whom, from where", () => {
    expect(readAuditEvent(row)).toEqual({
      table: "AuditLogs",
      at: time("09:20"),
      operation: "User registered security info",
      failed: false,
      by: "Alice@contoso.com",
      byNames: [aliceId.toLowerCase(), "alice@contoso.com"],
      onNames: [aliceId.toLowerCase(), "alice@contoso.com"],
      address: "203.0.113.10",
      detail: "User registered Authenticator App",
    });
  });

  test("is read the same from Microsoft Graph", () => {
    const graph = {
      activityDateTime: at,
      activityDisplayName: row.OperationName,
      result: "success",
      resultReason: row.ResultReason,
      initiatedBy: { user },
      targetResources: [user],
    };
    expect(readAuditEvent(graph)).toEqual(readAuditEvent(row));
  });

  test("names the application that did it, the role that was given, or else the target", () => {
    const role = { displayName: "Role.DisplayName", newValue: '"Global Administrator"' };
    const byApp = {
      ...row,
      InitiatedBy: { app: { displayName: "Provisioning" } },
      ResultReason: "",
    };
    expect(readAuditEvent(byApp)).toMatchObject({
      by: "Provisioning",
      byNames: [],
      address: null,
      detail: null,
    });
    expect(
      readAuditEvent({ ...row, TargetResources: [{ modifiedProperties: [role] }] })?.detail,
    ).toBe("Global Administrator");
    expect(
      readAuditEvent({
        ...row,
        ResultReason: "",
        TargetResources: [{}, { displayName: "Mail reader" }],
      })?.detail,
    ).toBe("Mail reader");
  });

  test("says whether it failed; without a result it did not", () => {
    expect(readAuditEvent({ ...row, Result: "failure" })?.failed).toBe(true);
    expect(readAuditEvent({ ...row, Result: undefined })?.failed).toBe(false);
  });

  test("without an operation or a readable time is none", () => {
    expect(readAuditEvent({ ...row, OperationName: "" })).toBeNull();
    expect(
      readAuditEvent({ ...row, ActivityDateTime: "soon", TimeGenerated: undefined }),
    ).toBeNull();
  });

  test("shows long details cut", () => {
    expect(readAuditEvent({ ...row, ResultReason: "x".repeat(500) })?.detail).toHaveLength(200);
  });

  test("does without what is not there", () => {
    expect(readAuditEvent({ OperationName: "X", TimeGenerated: at })).toMatchObject({
      by: null,
      byNames: [],
      onNames: [],
      address: null,
      detail: null,
    });
  });
});

describe("a row of OfficeActivity", () => {
  const rule = {
    TimeGenerated: at,
    Operation: "New-InboxRule",
    ResultStatus: "True",
    UserId: "Alice@contoso.com",
    UserKey: aliceId,
    ClientIP: "203.0.113.10:50321",
    OfficeObjectId: "alice@contoso.com\\Invoices",
    Parameters: JSON.stringify([
      { Name: "Name", Value: "." },
      { Name: "MoveToFolder", Value: "RSS Feeds" },
      { Name: "ForwardTo", Value: "eve@fabrikam.com" },
    ]),
  };

  test("shows what a rule does with the mail", () => {
    expect(readOfficeEvent(rule)).toEqual({
      table: "OfficeActivity",
      at: time("09:20"),
      operation: "New-InboxRule",
      failed: false,
      by: "Alice@contoso.com",
      byNames: [aliceId.toLowerCase(), "alice@contoso.com"],
      onNames: ["alice@contoso.com"],
      address: "203.0.113.10",
      detail: "MoveToFolder: RSS Feeds; ForwardTo: eve@fabrikam.com",
    });
  });

  test("is read from the Unified Audit Log, whose data is a text", () => {
    const exported = {
      CreationDate: at,
      UserIds: "alice@contoso.com",
      Operations: "New-InboxRule",
      AuditData: JSON.stringify({
        CreationTime: at.slice(0, 19),
        Operation: "New-InboxRule",
        UserId: rule.UserId,
        UserKey: aliceId,
        ClientIP: rule.ClientIP,
        ObjectId: rule.OfficeObjectId,
        Parameters: JSON.parse(rule.Parameters) as unknown,
      }),
    };
    expect(readOfficeEvent(exported)).toEqual(readOfficeEvent(rule));
  });

  test("that changes a mailbox is listed only if it forwards", () => {
    const change = (Name: string) =>
      readOfficeEvent({ ...rule, Operation: "Set-Mailbox", Parameters: [{ Name, Value: "x" }] });
    expect(change("ForwardingSmtpAddress")?.detail).toBe("ForwardingSmtpAddress: x");
    expect(change("DeliverToMailboxAndForward")).not.toBeNull();
    expect(change("AuditEnabled")).toBeNull();
  });

  test("does without what is not there, and says what failed", () => {
    expect(
      readOfficeEvent({ TimeGenerated: at, Operation: "New-InboxRule", Parameters: [{}, 1] }),
    ).toMatchObject({
      by: null,
      byNames: [],
      onNames: [],
      address: null,
      detail: null,
      failed: false,
    });
    for (const ResultStatus of ["Failed", "failure", "False"]) {
      expect(readOfficeEvent({ ...rule, ResultStatus })?.failed).toBe(true);
    }
    expect(
      readOfficeEvent({ ...rule, OfficeObjectId: "contoso.com/Users/Alice" })?.onNames,
    ).toEqual([]);
  });

  test("without an operation or a readable time is none", () => {
    expect(readOfficeEvent({ TimeGenerated: at })).toBeNull();
    expect(readOfficeEvent({ Operation: "New-InboxRule" })).toBeNull();
  });
});

describe("a risk detection", () => {
  test("is read with its level and state", () => {
    const risk = {
      TimeGenerated: "2026-03-10T11:00:00Z",
      ActivityDateTime: at,
      RiskEventType: "unfamiliarFeatures",
      RiskLevel: "high",
      RiskState: "atRisk",
      UserId: aliceId,
      UserPrincipalName: "alice@contoso.com",
      IpAddress: "203.0.113.10",
    };
    expect(readRiskEvent(risk)).toMatchObject({
      table: "AADUserRiskEvents",
      at: time("09:20"),
      operation: "unfamiliarFeatures",
      onNames: [aliceId.toLowerCase(), "alice@contoso.com"],
      detail: "high, atRisk",
    });
    expect(readRiskEvent({ ...risk, RiskLevel: "", RiskState: "" })?.detail).toBeNull();
  });

  test("without a type or a readable time is none", () => {
    expect(readRiskEvent({ ActivityDateTime: at })).toBeNull();
    expect(readRiskEvent({ RiskEventType: "x" })).toBeNull();
  });
});
