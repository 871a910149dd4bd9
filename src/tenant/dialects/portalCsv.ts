import type { SigninRow } from "../row.ts";
import { csvLine, type CsvOptions } from "./csv.ts";

type Write = (row: SigninRow) => unknown;

const dynamic = (column: string, ...path: readonly string[]): Write => {
  return (row) => path.reduce<unknown>(member, row[column]);
};
const own = (column: string): Write => dynamic(column);
const nothing: Write = () => "";

/** The columns of the Entra portal's download, "InteractiveSignIns_….csv". One of them occurs twice. */
const everyColumn: readonly (readonly [header: string, write: Write])[] = [
  ["Date (UTC)", (row) => `${textOf(row["CreatedDateTime"]).slice(0, 19)}Z`],
  ["Request ID", own("Id")],
  ["User agent", own("UserAgent")],
  ["Correlation ID", own("CorrelationId")],
  ["User ID", own("UserId")],
  ["User", own("UserDisplayName")],
  ["Username", own("UserPrincipalName")],
  ["User type", own("UserType")],
  ["Cross tenant access type", own("CrossTenantAccessType")],
  ["Incoming token type", nothing],
  ["Authentication Protocol", nothing],
  ["Unique token identifier", own("UniqueTokenIdentifier")],
  ["Application", own("AppDisplayName")],
  ["Application ID ", own("AppId")],
  ["Resource", own("ResourceDisplayName")],
  ["Resource ID ", own("ResourceIdentity")],
  ["Resource tenant ID", own("ResourceTenantId")],
  ["Home tenant ID", own("HomeTenantId")],
  ["IP address", own("IPAddress")],
  ["Location", placeOf],
  ["Status", (row) => statusOf(textOf(row["ResultType"]))],
  ["Sign-in error code", own("ResultType")],
  ["Failure reason", dynamic("Status", "failureReason")],
  ["Client app", own("ClientAppUsed")],
  ["Device ID", dynamic("DeviceDetail", "deviceId")],
  ["Browser", dynamic("DeviceDetail", "browser")],
  ["Operating System", dynamic("DeviceDetail", "operatingSystem")],
  ["Compliant", dynamic("DeviceDetail", "isCompliant")],
  ["Managed", dynamic("DeviceDetail", "isManaged")],
  ["Join Type", dynamic("DeviceDetail", "trustType")],
  ["Multifactor authentication result", dynamic("Status", "additionalDetails")],
  ["Multifactor authentication auth method", dynamic("MfaDetail", "authMethod")],
  ["Multifactor authentication auth detail", dynamic("MfaDetail", "authDetail")],
  ["Authentication requirement", own("AuthenticationRequirement")],
  ["Sign-in identifier", nothing],
  ["Session ID", own("SessionId")],
  ["IP address (seen by resource)", nothing],
  ["Autonomous system  number", own("AutonomousSystemNumber")],
  ["Flagged for review", nothing],
  ["Token issuer type", own("TokenIssuerType")],
  ["Incoming token type", nothing],
  ["Token issuer name", own("TokenIssuerName")],
  ["Latency", own("ProcessingTimeInMilliseconds")],
  ["Conditional Access", own("ConditionalAccessStatus")],
];

/**
 * Returns a download of the Entra portal. It has no steps, publication times or original request ids, and
 * distinguishes interactive sign-ins only by the name of the file.
 */
export function toPortalCsv(rows: Iterable<SigninRow>, options: CsvOptions = {}): string {
  let text = csvLine(
    everyColumn.map(([header]) => header),
    options,
  );
  for (const row of rows) {
    text += csvLine(
      everyColumn.map(([, write]) => textOf(write(row))),
      options,
    );
  }
  return text;
}

function statusOf(resultType: string): string {
  if (resultType === "0") {
    return "Success";
  }
  return ["50140", "50199", "50074", "50076"].includes(resultType) ? "Interrupted" : "Failure";
}

function placeOf(row: SigninRow): string {
  return ["city", "state", "countryOrRegion"]
    .map((name) => textOf(member(row["LocationDetails"], name)))
    .join(", ");
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      return "";
  }
}
