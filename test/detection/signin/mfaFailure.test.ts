import { describe, expect, test } from "vitest";
import { readMfaFailure } from "../../../src/detection/signin/mfaFailure.ts";
import { readSignIn } from "../../../src/detection/signin/signIn.ts";
import {
  approved,
  denied,
  noResponse,
  password,
  pending,
  row,
  step,
  type RowOptions,
} from "../../builders.ts";

const failureOf = (options: Omit<RowOptions, "at">) =>
  readMfaFailure(readSignIn(row({ at: "09:00", ...options })));
const unknown = "MFA denied; the passkey was refused";

describe("a row shows an MFA failure", () => {
  test("by its result code alone, which is no reason", () => {
    expect(failureOf({})).toEqual({ hasReason: false, unknownTexts: [] });
    expect(failureOf({ resultType: "50126" })).toBeNull();
  });

  test("by a text of a failing class, whatever the code", () => {
    const explained = { hasReason: true, unknownTexts: [] };
    expect(failureOf({ resultType: "0", steps: [denied("09:00")] })).toEqual(explained);
    expect(failureOf({ resultType: "50140", steps: [noResponse("09:00")] })).toEqual(explained);
    expect(failureOf({ status: "MFA denied; invalid verification code" })).toEqual(explained);
  });

  test("by nothing in a row whose prompt was approved, or is still pending", () => {
    expect(failureOf({ resultType: "0", steps: [approved("09:00")] })).toBeNull();
    expect(failureOf({ resultType: "0", status: "MFA completed in Azure AD" })).toBeNull();
    expect(failureOf({ resultType: "0", steps: [pending("09:00")] })).toBeNull();
    expect(failureOf({ steps: [pending("09:00")] })).toEqual({
      hasReason: false,
      unknownTexts: [],
    });
  });

  test("by MFA denied with an ending that nobody knows, and names that text once", () => {
    const steps = [step({ at: "09:00", text: unknown }), step({ at: "09:01", text: unknown })];
    expect(failureOf({ resultType: "50074", steps, status: unknown })).toEqual({
      hasReason: false,
      unknownTexts: [unknown],
    });
  });

  test("not by what a password step says, nor by a step that succeeded", () => {
    const leaked = "Authentication failed during strong authentication request.";
    const steps = [
      step({ at: "09:00", method: "Password", text: leaked }),
      password("09:00"),
      step({ at: "09:00", text: "MFA denied; user declined the authentication", succeeded: true }),
      step({ at: "09:00", text: "" }),
    ];
    expect(failureOf({ steps })).toEqual({ hasReason: false, unknownTexts: [] });
    expect(failureOf({ steps, resultType: "50126" })).toBeNull();
  });

  test("with unknown texts beside its reason", () => {
    expect(failureOf({ steps: [denied("09:00")], status: "Something new." })).toEqual({
      hasReason: true,
      unknownTexts: ["Something new."],
    });
  });
});
