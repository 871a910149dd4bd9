import { isFields, type Fields } from "../../../detection/signin/fields.ts";

const accounts = ["UserPrincipalName", "UserId", "Id", "OriginalRequestId"] as const;
const results = ["ResultType", "AuthenticationDetails"] as const;

/** No other log has two of these together with an account. */
const signInFields = [
  "signInEventTypes",
  "IsInteractive",
  "AuthenticationRequirement",
  "ClientAppUsed",
  "ConditionalAccessStatus",
  "AppDisplayName",
  "MfaDetail",
  "UserPrincipalName",
] as const;

/** A table or category of sign-ins, including those of applications. */
const signInLog = /sign-?in(?:s|logs?)$/i;

/**
 * Reports whether a normalised record is recognisably a sign-in. It has an account or the id of a sign-in and its
 * result, or fields that only sign-ins have.
 */
export function showsSignIn(record: Fields): boolean {
  if (!accounts.some((name) => has(record, name))) {
    return false;
  }
  const status = record["Status"];
  return (
    results.some((name) => has(record, name)) ||
    (isFields(status) && (has(status, "errorCode") || has(status, "additionalDetails"))) ||
    [record["Category"], record["Type"]].some(
      (name) => typeof name === "string" && signInLog.test(name.trim()),
    ) ||
    signInFields.filter((name) => has(record, name)).length > 2
  );
}

function has(record: Fields, name: string): boolean {
  const value = record[name];
  return (
    value !== undefined &&
    value !== null &&
    value !== "" &&
    !(Array.isArray(value) && value.length === 0)
  );
}
