import { objectIdOf, principalNameOf, type RowAccount } from "./account.ts";
import { canonicalAddress } from "./address.ts";
import { dynamic, first, isFields, own, text, unwrap, type Fields } from "./fields.ts";
import { salvageObjects } from "./json.ts";
import { readSequence, readTime } from "./time.ts";
import { cutAt } from "./visible.ts";

/** One sign-in row of any dialect, with the parts that the detector needs. Times are epoch milliseconds. */
export interface SignIn {
  /**
   * The Entra tenant; null if the record does not name it. Never the `TenantId` of Log Analytics, which is the
   * workspace.
   */
  readonly tenantId: string | null;
  /** Null if the record has neither an object id nor a real principal name. */
  readonly account: RowAccount | null;
  /** Groups the rows of one authentication request: `OriginalRequestId`, otherwise `Id`, otherwise the row's content. */
  readonly request: string;
  /** `Id`, if `request` is something else. It also identifies the request. */
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
  /** The session that the sign-in began or continued. */
  readonly session: string | null;
}

/** The source of `request`. With `id`, another row with the same `Id` may have the `OriginalRequestId`. */
export const requestSources = ["original", "id"] as const;

export type RequestBy = (typeof requestSources)[number];

/** Whether `AuthenticationDetails` is complete. `cut`: only its first steps; `none`: no steps. */
export const detailsKinds = ["none", "whole", "cut"] as const;

export type Details = (typeof detailsKinds)[number];

/** One entry of `AuthenticationDetails`. */
export interface Step {
  readonly text: string;
  readonly method: string;
  readonly succeeded: boolean | null;
  /** `RequestSequence`, if it is a time: when the prompt was sent. */
  readonly askedAt: number | null;
  /** `StatusSequence`, if it is a time: when it was answered. */
  readonly answeredAt: number | null;
  /** `authenticationStepDateTime`. */
  readonly stepAt: number | null;
}

/** The origin and target of a sign-in, for evidence and exclusions. */
export interface Origin {
  readonly userId: string | null;
  /** The principal name, unless it is an id, masked or missing. */
  readonly userName: string | null;
  readonly ipAddress: string | null;
  /** "Berlin, DE", or the known part of it. */
  readonly location: string | null;
  readonly application: string | null;
  readonly appId: string | null;
  readonly userAgent: string | null;
  readonly device: string | null;
  readonly guest: boolean;
}

/**
 * Maximum length of names and ids, in UTF-16 units. It is the longest that Active Directory allows. Longer ones are
 * ignored, and longer texts are cut, because they are in every prompt of the row, in queries and in the state.
 */
export const longestText = 1_024;

/** Tables and categories of non-interactive sign-ins, with any prefix. */
const nonInteractiveName = /(?:noninteractiveuser|serviceprincipal|managedidentity)signinlogs$/;
/** Microsoft Graph's names for sign-ins without a user's participation. */
const nonInteractiveEvents: ReadonlySet<string | null> = new Set([
  "noninteractiveuser",
  "serviceprincipal",
  "managedidentity",
]);
const graphNames = new Set(["createdDateTime", "userPrincipalName", "signInEventTypes"]);

/** The writers of records. CSV is converted to rows of Log Analytics when it is read. */
export type Dialect = "log-analytics" | "diagnostic" | "graph";

export function dialectOf(record: Fields): Dialect {
  if (diagnosticProperties(record) !== null) {
    return "diagnostic";
  }
  return Object.keys(record).some((name) => graphNames.has(name)) ? "graph" : "log-analytics";
}

/** A diagnostic record has the sign-in under `properties`, and a few fields only outside. */
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
    session: short(first(row, "SessionId", "sessionId")),
  };
}

function lower(value: unknown): string | null {
  return text(value)?.toLowerCase() ?? null;
}

/** Text for display only, cut to the limit. */
function short(value: unknown): string | null {
  const whole = text(value);
  return whole !== null && whole.length > longestText ? `${cutAt(whole, longestText)}…` : whole;
}

function shortLower(value: unknown): string | null {
  return short(value)?.toLowerCase() ?? null;
}

/** Reads a code, even if a spreadsheet turned it into a fraction. */
function readCode(value: unknown): string | null {
  return short(value)?.replace(/^(\d+)\.0+$/, "$1") ?? null;
}

function readAccount(tenantId: string | null, { userId, userName }: Origin): RowAccount | null {
  const user = userId ?? userName;
  return user === null ? null : { tenantId, user, name: userName };
}

/** False if a value means no, in any of the ways in which exports write it; null if it says nothing. */
function readBoolean(value: unknown): boolean | null {
  const word = lower(value)?.replace(/\.0+$/, "") ?? "";
  return /^(?:true|1|yes)$/.test(word) ? true : /^(?:false|0|no)$/.test(word) ? false : null;
}

/** Returns an id in lower case. The nil id means "unknown" and is ignored, or strangers would be combined. */
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

/** The list may be a single word in a portal's CSV. */
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
