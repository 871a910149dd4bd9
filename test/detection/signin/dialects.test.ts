import { describe, expect, test } from "vitest";
import { classify } from "../../../src/detection/signin/classify.ts";
import { readSignIn } from "../../../src/detection/signin/signIn.ts";

const refusal = "MFA denied; user declined the authentication";

/** A `signIn` of Microsoft Graph that ends in a refusal. */
const graph = (fields: Readonly<Record<string, unknown>> = {}) => ({
  id: "6513270e-269e-0d37-f2a7-4de452e6b438",
  createdDateTime: "2026-03-10T09:00:00Z",
  userPrincipalName: "Alice@contoso.com",
  userId: "00000000-0000-0000-0000-00000000a11c",
  appId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
  appDisplayName: "Azure Portal",
  ipAddress: "203.0.113.10",
  resourceTenantId: "00000000-0000-0000-0000-0000000000cc",
  isInteractive: true,
  status: { errorCode: 500121, failureReason: "Failed.", additionalDetails: null },
  deviceDetail: { displayName: "", operatingSystem: "Windows 10", browser: "Edge" },
  location: { city: "Berlin", state: "Berlin", countryOrRegion: "DE" },
  authenticationDetails: [
    {
      authenticationStepDateTime: "2026-03-10T09:00:10Z",
      authenticationMethod: "Mobile app notification",
      succeeded: false,
      authenticationStepResultDetail: refusal,
    },
  ],
  ...fields,
});

describe("a signIn of Microsoft Graph", () => {
  test("is read like a row, with the tenant of the resource and no time of publication", () => {
    expect(readSignIn(graph())).toEqual({
      tenantId: "00000000-0000-0000-0000-0000000000cc",
      account: {
        tenantId: "00000000-0000-0000-0000-0000000000cc",
        user: "00000000-0000-0000-0000-00000000a11c",
        name: "alice@contoso.com",
      },
      request: "6513270e-269e-0d37-f2a7-4de452e6b438",
      requestAlias: null,
      requestBy: "id",
      details: "whole",
      resultType: "500121",
      interactive: true,
      steps: [
        {
          text: refusal,
          method: "mobile app notification",
          succeeded: false,
          askedAt: null,
          answeredAt: null,
          stepAt: Date.parse("2026-03-10T09:00:10Z"),
        },
      ],
      statusText: null,
      createdAt: Date.parse("2026-03-10T09:00:00Z"),
      generatedAt: null,
      origin: {
        userId: "00000000-0000-0000-0000-00000000a11c",
        userName: "alice@contoso.com",
        ipAddress: "203.0.113.10",
        location: "Berlin, DE",
        application: "Azure Portal",
        appId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
        userAgent: null,
        device: "Windows 10, Edge",
        guest: false,
      },
      session: null,
    });
  });

  test.each([
    [{}, true],
    [{ signInEventTypes: ["interactiveUser"] }, true],
    [{ signInEventTypes: ["interactiveUser", "nonInteractiveUser"] }, true],
    [{ signInEventTypes: [] }, true],
    [{ signInEventTypes: ["unknownFutureValue"] }, true],
    [{ isInteractive: false }, false],
    [{ signInEventTypes: ["nonInteractiveUser"] }, false],
    [{ signInEventTypes: ["servicePrincipal"] }, false],
    [{ signInEventTypes: ["managedIdentity"] }, false],
    [{ signInEventTypes: '["nonInteractiveUser"]' }, false],
    [{ signInEventTypes: "NonInteractiveUser" }, false],
  ])("counts when a user took part: %j", (fields, counted) => {
    const { isInteractive: _, ...rest } = graph();
    expect(classify({ ...rest, ...fields })).toMatchObject(
      counted ? { kind: "classified" } : { kind: "setAside", reason: "nonInteractive" },
    );
  });
});

describe("of diagnostic records of several categories in one file", () => {
  const record = (category: string, more: Readonly<Record<string, unknown>> = {}) => ({
    time: "2026-03-10T09:02:00Z",
    tenantId: "00000000-0000-0000-0000-0000000000cc",
    category,
    ...more,
  });
  const { id, createdDateTime, userPrincipalName, authenticationDetails } = graph();
  const properties = { id, createdDateTime, userPrincipalName, authenticationDetails };

  test.each(["SignInLogs", "ADFSSignInLogs"])("users' sign-ins are taken: %s", (category) => {
    expect(classify(record(category, { resultType: "500121", properties })).kind).toBe(
      "classified",
    );
  });

  test.each([
    record("AuditLogs", {
      operationName: "User declined to register",
      resultType: "failure",
      resultDescription: refusal,
      properties: {
        id,
        activityDisplayName: "Fraud reported - user is blocked for MFA",
        result: "failure",
        resultReason: refusal,
        initiatedBy: { user: { userPrincipalName } },
        additionalDetails: [{ key: "additionalDetails", value: refusal }],
      },
    }),
    record("ServicePrincipalSignInLogs", {
      resultType: "7000215",
      properties: { id, servicePrincipalId: "1", status: { errorCode: 7000215 } },
    }),
    record("ManagedIdentitySignInLogs", {
      resultType: "0",
      properties: { id, servicePrincipalId: "1", status: { errorCode: 0 } },
    }),
    record("RiskyUsers", { properties: { id, userPrincipalName, riskDetail: refusal } }),
    record("UserRiskEvents", {
      properties: { id, userPrincipalName, additionalInfo: refusal, riskEventType: "mfaFraud" },
    }),
    record("ProvisioningLogs", {
      resultType: "Failure",
      properties: { id, statusInfo: { status: "failure", reason: refusal } },
    }),
    record("MicrosoftGraphActivityLogs", { properties: { userId: "1", responseStatusCode: 403 } }),
  ])("others are set aside: $category", (other) => {
    expect(classify(other)).toMatchObject({ kind: "setAside", reason: "notCandidate" });
  });

  test("users' sign-ins without interaction are set aside as such", () => {
    const other = record("NonInteractiveUserSignInLogs", { resultType: "500121", properties });
    expect(classify(other)).toMatchObject({ kind: "setAside", reason: "nonInteractive" });
  });
});
