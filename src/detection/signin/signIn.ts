import { dynamic, first, isFields, own, text, unwrap, type Fields } from "./fields.ts";
import { salvageObjects } from "./json.ts";
import { readSequence, readTime } from "./time.ts";
import { cutAt } from "./visible.ts";

/** One sign-in row of any dialect, read as far as the detector needs it. Times are epoch milliseconds. */
export interface SignIn {
  /** The Entra tenant; null where the record does not name it. Never Log Analytics' workspace. */
  readonly tenantId: string | null;
  /** Lower-cased user principal name, else user id; null where there is neither. */
  readonly user: string | null;
  /** What groups the rows of one authentication request; made of the row's content where no id is given. */
  readonly request: string;
  readonly resultType: string;
  readonly interactive: boolean;
  readonly steps: readonly Step[];
  /** `Status.additionalDetails`. */
  readonly statusText: string | null;
  /** When the sign-in happened (`CreatedDateTime`). */
  readonly createdAt: number | null;
  /** When it was published (`TimeGenerated`; `time` of a diagnostic record). */
  readonly generatedAt: number | null;
  readonly origin: Origin;
}

/** One entry of `AuthenticationDetails`. */
export interface Step {
  readonly text: string;
  readonly method: string;
  readonly succeeded: boolean | null;
  /** `RequestSequence`, where it is a time: when the prompt was sent. */
  readonly askedAt: number | null;
  /** `StatusSequence`, where it is a time: when it was answered. */
  readonly answeredAt: number | null;
  /** `authenticationStepDateTime`. */
  readonly stepAt: number | null;
}

/** Where a sign-in came from and where it went: evidence, and what exclusions look at. */
export interface Origin {
  readonly userId: string | null;
  readonly ipAddress: string | null;
  /** "Berlin, DE", or what is known of it. */
  readonly location: string | null;
  readonly application: string | null;
  readonly appId: string | null;
  readonly userAgent: string | null;
  readonly device: string | null;
  readonly guest: boolean;
}

/**
 * Names and ids have their limits, in UTF-16 units; the longest of Active Directory's is this. What is longer is
 * none, and no text of a row is kept longer: each is in every prompt that the row shows, in queries and in the state.
 */
export const longestText = 1_024;

/** Tables and categories of sign-ins that nobody sits in front of. */
const nonInteractiveNames: ReadonlySet<string | null> = new Set([
  "aadnoninteractiveusersigninlogs",
  "noninteractiveusersigninlogs",
  "aadserviceprincipalsigninlogs",
  "serviceprincipalsigninlogs",
  "aadmanagedidentitysigninlogs",
  "managedidentitysigninlogs",
]);
/** What Microsoft Graph calls sign-ins that no user takes part in. */
const nonInteractiveEvents: ReadonlySet<string | null> = new Set([
  "noninteractiveuser",
  "serviceprincipal",
  "managedidentity",
]);
const graphNames = new Set(["createdDateTime", "userPrincipalName", "signInEventTypes"]);

/** Who writes records like this one; CSV becomes rows of Log Analytics when it is read. */
export type Dialect = "log-analytics" | "diagnostic" | "graph";

export function dialectOf(record: Fields): Dialect {
  if (diagnosticProperties(record) !== null) {
    return "diagnostic";
  }
  return Object.keys(record).some((name) => graphNames.has(name)) ? "graph" : "log-analytics";
}

/** A diagnostic record keeps the sign-in under `properties` and some of it only outside. */
function diagnosticProperties(record: Fields): Fields | null {
  const properties = dynamic(own(record, "properties"));
  return Object.keys(properties).length > 0 ? properties : null;
}

/** Reads a record of a Log Analytics table, a diagnostic export, an Event Hub or Microsoft Graph. */
export function readSignIn(record: Fields): SignIn {
  const properties = diagnosticProperties(record);
  const isDiagnostic = properties !== null;
  const row: Fields = properties ?? record;
  const status = dynamic(first(row, "Status", "status", "Status_dynamic", "Status_string"));
  const createdAt = readTime(first(row, "CreatedDateTime", "createdDateTime"));
  const generatedAt = readTime(first(record, "TimeGenerated", "time"));
  const origin = readOrigin(row, record);
  const name = lower(first(row, "UserPrincipalName", "userPrincipalName"));
  return {
    tenantId: readTenant(row, isDiagnostic ? record : null),
    user: name === null ? origin.userId : name.length > longestText ? null : name,
    request:
      identifier(first(row, "OriginalRequestId", "originalRequestId")) ??
      identifier(first(row, "Id", "id")) ??
      JSON.stringify([createdAt ?? generatedAt, origin.ipAddress, origin.appId]),
    resultType:
      short(first(row, "ResultType", "resultType") ?? first(record, "resultType")) ??
      short(first(status, "errorCode")) ??
      "",
    interactive: isInteractive(row, record),
    steps: readSteps(first(row, "AuthenticationDetails", "authenticationDetails")),
    statusText: short(first(status, "additionalDetails")),
    createdAt,
    generatedAt,
    origin,
  };
}

function lower(value: unknown): string | null {
  return text(value)?.toLowerCase() ?? null;
}

/** Text that is shown, not told apart by. */
function short(value: unknown): string | null {
  const whole = text(value);
  return whole !== null && whole.length > longestText ? `${cutAt(whole, longestText)}…` : whole;
}

function shortLower(value: unknown): string | null {
  return short(value)?.toLowerCase() ?? null;
}

/** An id in lower case; the nil id that stands for "unknown" is none, or strangers would be pooled. */
function identifier(value: unknown): string | null {
  const id = lower(value) ?? "";
  return /[^0-]/.test(id) && id.length <= longestText ? id : null;
}

function readTenant(row: Fields, envelope: Fields | null): string | null {
  return identifier(
    first(row, "AADTenantId") ??
      (envelope === null ? undefined : first(envelope, "tenantId")) ??
      first(row, "resourceTenantId"),
  );
}

function isInteractive(row: Fields, record: Fields): boolean {
  const table = [first(record, "Type"), first(record, "Category", "category")];
  return (
    lower(first(row, "IsInteractive", "isInteractive")) !== "false" &&
    !isNonInteractiveEvent(unwrap(first(row, "signInEventTypes"))) &&
    !table.some((name) => nonInteractiveNames.has(lower(name)))
  );
}

/** A list, of which a portal's CSV may have made one word. */
function isNonInteractiveEvent(value: unknown): boolean {
  const types = (Array.isArray(value) ? value : [value]).map(lower);
  return !types.includes("interactiveuser") && types.some((type) => nonInteractiveEvents.has(type));
}

function readOrigin(row: Fields, record: Fields): Origin {
  const place = dynamic(
    first(row, "LocationDetails", "LocationDetails_dynamic", "LocationDetails_string", "location"),
  );
  const device = dynamic(
    first(row, "DeviceDetail", "DeviceDetail_dynamic", "DeviceDetail_string", "deviceDetail"),
  );
  const country = short(first(place, "countryOrRegion") ?? first(record, "Location", "location"));
  return {
    userId: identifier(first(row, "UserId", "userId")),
    ipAddress: shortLower(first(row, "IPAddress", "ipAddress") ?? first(record, "callerIpAddress")),
    location: joined(short(first(place, "city")), country),
    application: short(first(row, "AppDisplayName", "appDisplayName")),
    appId: shortLower(first(row, "AppId", "appId")),
    userAgent: short(first(row, "UserAgent", "userAgent")),
    device: joined(
      joined(short(first(device, "displayName")), short(first(device, "operatingSystem"))),
      short(first(device, "browser")),
    ),
    guest: lower(first(row, "UserType", "userType")) === "guest",
  };
}

function joined(one: string | null, other: string | null): string | null {
  return one === null || other === null ? (one ?? other) : `${one}, ${other}`;
}

function readSteps(value: unknown): readonly Step[] {
  const details = unwrap(value);
  if (typeof details === "string") {
    return salvageObjects(details).filter(isFields).map(readStep);
  }
  return (Array.isArray(details) ? details : [details]).filter(isFields).map(readStep);
}

function readStep(step: Fields): Step {
  const succeeded = lower(own(step, "succeeded"));
  return {
    text: short(own(step, "authenticationStepResultDetail")) ?? "",
    method: shortLower(own(step, "authenticationMethod")) ?? "",
    succeeded: succeeded === "true" ? true : succeeded === "false" ? false : null,
    askedAt: readSequence(first(step, "RequestSequence", "requestSequence")),
    answeredAt: readSequence(first(step, "StatusSequence", "statusSequence")),
    stepAt: readTime(own(step, "authenticationStepDateTime")),
  };
}
