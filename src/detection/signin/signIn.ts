import { objectIdOf, principalNameOf, type RowAccount } from "./account.ts";
import { canonicalAddress } from "./address.ts";
import { dynamic, first, isFields, own, text, unwrap, type Fields } from "./fields.ts";
import { salvageObjects } from "./json.ts";
import { readSequence, readTime } from "./time.ts";
import { cutAt } from "./visible.ts";

/** One sign-in row of any dialect, read as far as the detector needs it. Times are epoch milliseconds. */
export interface SignIn {
  /** The Entra tenant; null where the record does not name it. Never Log Analytics' workspace. */
  readonly tenantId: string | null;
  /** Null where the record names neither an object id nor a real principal name. */
  readonly account: RowAccount | null;
  /**
   * What groups the rows of one authentication request: `OriginalRequestId`, else `Id`, else the row's content.
   */
  readonly request: string;
  /** `Id` where `request` is something else: another name of the same request. */
  readonly requestAlias: string | null;
  readonly requestBy: RequestBy;
  readonly resultType: string;
  readonly interactive: boolean;
  readonly steps: readonly Step[];
  readonly details: Details;
  /** `Status.additionalDetails`. */
  readonly statusText: string | null;
  /** When the sign-in happened (`CreatedDateTime`). */
  readonly createdAt: number | null;
  /** When it was published (`TimeGenerated`; `time` of a diagnostic record). */
  readonly generatedAt: number | null;
  readonly origin: Origin;
}

/** Where `request` comes from; `id`: another row of the same `Id` may know the `OriginalRequestId`. */
export const requestSources = ["original", "id"] as const;

export type RequestBy = (typeof requestSources)[number];

/** Whether `AuthenticationDetails` came whole; `cut`: only its first steps; `none`: without any step. */
export const detailsKinds = ["none", "whole", "cut"] as const;

export type Details = (typeof detailsKinds)[number];

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
  /** The principal name, unless it is an id, masked or missing. */
  readonly userName: string | null;
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

/** Tables and categories of sign-ins that nobody sits in front of, whichever prefix they have. */
const nonInteractiveName = /(?:noninteractiveuser|serviceprincipal|managedidentity)signinlogs$/;
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
  const tenantId = readTenant(row, isDiagnostic ? record : null);
  const origin = readOrigin(row, record);
  const id = identifier(first(row, "Id", "id"));
  const original = identifier(first(row, "OriginalRequestId", "originalRequestId"));
  const request = original ?? id;
  return {
    tenantId,
    account: readAccount(tenantId, origin),
    request: request ?? JSON.stringify([createdAt ?? generatedAt, origin.ipAddress, origin.appId]),
    requestAlias: id === request ? null : id,
    requestBy: original === null ? "id" : "original",
    resultType:
      readCode(first(row, "ResultType", "resultType") ?? first(record, "resultType")) ??
      readCode(first(status, "errorCode")) ??
      "",
    interactive: isInteractive(row, record),
    ...readSteps(first(row, "AuthenticationDetails", "authenticationDetails")),
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

/** A code that a spreadsheet made a fraction of is the code. */
function readCode(value: unknown): string | null {
  return short(value)?.replace(/^(\d+)\.0+$/, "$1") ?? null;
}

function readAccount(tenantId: string | null, { userId, userName }: Origin): RowAccount | null {
  const user = userId ?? userName;
  return user === null ? null : { tenantId, user, name: userName };
}

/** False where a value says no, in any of the ways in which exports write it; null where it says nothing. */
function readBoolean(value: unknown): boolean | null {
  const word = lower(value)?.replace(/\.0+$/, "") ?? "";
  return /^(?:true|1|yes)$/.test(word) ? true : /^(?:false|0|no)$/.test(word) ? false : null;
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
      first(row, "resourceTenantId", "ResourceTenantId"),
  );
}

function isInteractive(row: Fields, record: Fields): boolean {
  const table = [first(record, "Type"), first(record, "Category", "category")];
  return (
    readBoolean(first(row, "IsInteractive", "isInteractive")) !== false &&
    !isNonInteractiveEvent(unwrap(first(row, "signInEventTypes"))) &&
    !table.some((name) => nonInteractiveName.test(lower(name) ?? ""))
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
  const address = shortLower(
    first(row, "IPAddress", "ipAddress") ?? first(record, "callerIpAddress"),
  );
  const name = lower(first(row, "UserPrincipalName", "userPrincipalName"));
  return {
    userId: objectIdOf(lower(first(row, "UserId", "userId"))) ?? objectIdOf(name),
    userName: principalNameOf(name !== null && name.length > longestText ? null : name),
    ipAddress: address === null ? null : canonicalAddress(address),
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

function readSteps(value: unknown): Pick<SignIn, "steps" | "details"> {
  const details = unwrap(value);
  const isCut = typeof details === "string" && /^\s*[[{"]/.test(details);
  const objects =
    typeof details === "string"
      ? salvageObjects(details)
      : Array.isArray(details)
        ? details
        : [details];
  const steps = objects.filter(isFields).map(readStep);
  return { steps, details: isCut ? "cut" : steps.length === 0 ? "none" : "whole" };
}

function readStep(step: Fields): Step {
  return {
    text: short(own(step, "authenticationStepResultDetail")) ?? "",
    method: shortLower(own(step, "authenticationMethod")) ?? "",
    succeeded: readBoolean(own(step, "succeeded")),
    askedAt: readSequence(first(step, "RequestSequence", "requestSequence")),
    answeredAt: readSequence(first(step, "StatusSequence", "statusSequence")),
    stepAt: readTime(own(step, "authenticationStepDateTime")),
  };
}
