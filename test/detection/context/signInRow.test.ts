import { describe, expect, test } from "vitest";
import { readContextSignIn, withSharedTexts } from "../../../src/detection/context/signInRow.ts";
import { alice, approved, denied, password, row, time } from "../../builders.ts";

const device = {
  deviceId: "00000000-0000-0000-0000-0000000000DE",
  displayName: "PC",
  trustType: "Azure AD joined",
  browser: "Edge",
};

test("a sign-in is read with all that the context needs", () => {
  const fields = {
    AutonomousSystemNumber: "64505",
    SessionId: "s1",
    UserAgent: "Mozilla/5.0",
    DeviceDetail: device,
    LocationDetails: { city: "Zurich", countryOrRegion: "CH" },
  };
  const steps = [password("08:59:40"), denied("09:00:00")];
  expect(readContextSignIn(row({ at: "09:00:00", request: "R1", steps, fields }))).toEqual({
    names: [alice.id, alice.name],
    kind: "refused",
    succeeded: false,
    at: time("09:00:00"),
    publishedAt: time("09:02:00"),
    request: "r1",
    address: "203.0.113.10",
    asNumber: "64505",
    userAgent: "Mozilla/5.0",
    session: "s1",
    device: device.deviceId.toLowerCase(),
    deviceName: "PC",
    country: "CH",
    location: "Zurich, CH",
    browser: "Edge",
    application: "Azure Portal",
    rightPassword: true,
    method: "password",
    interactive: true,
  });
});

test("without what it could say, it says nothing", () => {
  const bare = readContextSignIn({
    UserPrincipalName: "a@contoso.com",
    TimeGenerated: "2026-03-10T09:00:00Z",
  });
  expect(bare).toMatchObject({
    kind: "other",
    device: null,
    country: null,
    rightPassword: null,
    method: null,
  });
  const unpublished = {
    UserPrincipalName: "a@contoso.com",
    CreatedDateTime: "2026-03-10T09:00:00Z",
  };
  expect(readContextSignIn(unpublished)?.publishedAt).toBe(time("09:00"));
  expect(readContextSignIn({ TimeGenerated: "2026-03-10T09:00:00Z" })).toBeNull();
  expect(readContextSignIn({ UserPrincipalName: "a@contoso.com" })).toBeNull();
});

test("only joined and compliant devices have an id", () => {
  const idOf = (more: object) =>
    readContextSignIn(
      row({ at: "09:00", fields: { DeviceDetail: { ...device, trustType: "", ...more } } }),
    )?.device;
  expect(idOf({})).toBeNull();
  expect(idOf({ trustType: "Azure AD registered" })).toBeNull();
  expect(idOf({ trustType: "Hybrid Azure AD joined" })).not.toBeNull();
  expect(idOf({ isCompliant: true })).not.toBeNull();
  expect(idOf({ isCompliant: true, deviceId: "" })).toBeNull();
});

describe("a diagnostic record", () => {
  test("is read from its properties", () => {
    const record = {
      time: "2026-03-10T09:02:00Z",
      category: "SignInLogs",
      resultType: "0",
      properties: {
        createdDateTime: "2026-03-10T09:00:00Z",
        userPrincipalName: "Alice@contoso.com",
        sessionId: "s1",
        authenticationRequirement: "multiFactorAuthentication",
        location: { countryOrRegion: "CH" },
      },
    };
    expect(readContextSignIn(record)).toMatchObject({
      names: ["alice@contoso.com"],
      kind: "satisfied",
      succeeded: true,
      session: "s1",
      country: "CH",
    });
  });
});

test.each([
  ["satisfied", { resultType: "0", steps: [approved("09:00")] }],
  ["satisfied", { resultType: "50140", steps: [approved("09:00")] }],
  [
    "passed",
    { resultType: "0", fields: { AuthenticationRequirement: "singleFactorAuthentication" } },
  ],
  ["passed", { resultType: "0", status: "MFA requirement skipped due to location" }],
  ["wrongPassword", { resultType: "50126" }],
  ["unexplained", { resultType: "500121" }],
  ["unexplained", { resultType: "500121", status: "The user didn't complete the MFA prompt." }],
  [
    "other",
    { resultType: "500121", status: "MFA denied; user did not respond to mobile app notification" },
  ],
  ["refused", { resultType: "500121", status: "MFA denied; user declined the authentication" }],
  ["other", { resultType: "65004", status: "User declined to consent to access the app." }],
  ["other", { resultType: "53003" }],
])("is %s: %j", (kind, options) => {
  expect(readContextSignIn(row({ at: "09:00", ...options }))?.kind).toBe(kind);
});

test("a wrong password among the steps is not a right one", () => {
  const wrong = { ...password("09:00"), succeeded: false };
  expect(readContextSignIn(row({ at: "09:00", steps: [wrong] }))?.rightPassword).toBe(false);
});

test("a sign-in is the same when its texts are shared", () => {
  const signIn = readContextSignIn(
    row({ at: "09:00", fields: { AutonomousSystemNumber: "64500" } }),
  );
  expect(signIn && withSharedTexts(signIn)).toEqual(signIn);
  expect(signIn).toMatchObject({ asNumber: "64500", device: null });
});
