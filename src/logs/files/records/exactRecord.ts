import { fieldNames, type FieldName } from "../../../detection/signin/fieldNames.ts";
import { isFields, type Fields } from "../../../detection/signin/fields.ts";
import { ownStepNames } from "./nameIndex.ts";
import { plainName } from "./plainName.ts";

/**
 * The spellings that detection reads directly: those of Log Analytics, of diagnostic records and of Microsoft
 * Graph. Most logs have no others, so their records need no conversion.
 */
const exactNames: ReadonlySet<string> = new Set(
  `TimeGenerated time CreatedDateTime createdDateTime ResultType resultType Status status Status_dynamic
  Status_string AuthenticationDetails authenticationDetails IsInteractive isInteractive signInEventTypes Category
  category Type Id id OriginalRequestId originalRequestId AADTenantId tenantId TenantId resourceTenantId ResourceTenantId
  UserPrincipalName userPrincipalName UserId userId UserType userType IPAddress ipAddress callerIpAddress Location
  location LocationDetails LocationDetails_dynamic LocationDetails_string DeviceDetail DeviceDetail_dynamic
  DeviceDetail_string deviceDetail AppDisplayName appDisplayName AppId appId UserAgent userAgent`.split(
    /\s+/,
  ),
);
const exactMembers: ReadonlySet<string> = new Set(
  `errorCode failureReason additionalDetails city state countryOrRegion deviceId displayName operatingSystem browser
  isCompliant isManaged trustType`.split(/\s+/),
);

/** Fields that are only displayed, in any spelling. */
const passive: ReadonlySet<FieldName> = new Set<FieldName>(
  (Object.keys(fieldNames) as FieldName[]).filter((field) =>
    /^(?:ResultDescription|CorrelationId|HomeTenantId|UserDisplayName|SignInIdentifier|AlternateSignInName|AutonomousSystemNumber|Resource|ClientApp|Authentication(?:Requirement|Protocol)|ConditionalAccess|CrossTenant|Token|Session|UniqueToken|Risk|ServicePrincipal|MfaDetail)/.test(
      field,
    ),
  ),
);

/** Plain names under which another spelling could hide something that is read. */
const telling: ReadonlySet<string> = new Set([
  "properties",
  "statusstring",
  ...Object.entries(fieldNames).flatMap(([field, names]) =>
    passive.has(field as FieldName) ? [] : names.map(plainName),
  ),
]);

const userKeys: ReadonlySet<string> = new Set(
  "UserPrincipalName userPrincipalName UserId userId Id id OriginalRequestId originalRequestId".split(
    " ",
  ),
);
const resultKeys: ReadonlySet<string> = new Set(
  "ResultType resultType Status status Status_dynamic Status_string AuthenticationDetails authenticationDetails".split(
    " ",
  ),
);

/** The facts that the names of an object show. */
interface Shape {
  readonly keys: readonly string[];
  readonly isExact: boolean;
  readonly hasUser: boolean;
  readonly hasResult: boolean;
}

/** The number of shapes remembered. A log has few, and the latest are compared first. */
const mostShapes = 8;
const shapes: Shape[] = [];

function shapeOf(fields: Fields): Shape {
  const keys = Object.keys(fields);
  const known = shapes.find((shape) => isSameList(shape.keys, keys));
  if (known !== undefined) {
    return known;
  }
  const shape = {
    keys,
    isExact:
      keys.every(
        (key) => exactNames.has(key) || key === "properties" || !isTelling(plainName(key)),
      ) && !hasTwins(keys),
    hasUser: keys.some((key) => userKeys.has(key)),
    hasResult: keys.some((key) => resultKeys.has(key)),
  };
  shapes.unshift(shape);
  shapes.splice(mostShapes);
  return shape;
}

/** Reports whether something that is read may be under the plain name of another spelling, or of a step's column. */
function isTelling(plain: string): boolean {
  return telling.has(plain) || ownStepNames.has(plain) || /^authenticationdetails?./.test(plain);
}

/** Reports whether two names differ in case only. Their values may differ too. */
function hasTwins(keys: readonly string[]): boolean {
  return new Set(keys.map((key) => key.toLowerCase())).size < keys.length;
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at]);
}

/** Reports whether a record is a sign-in with the names and values that detection reads. */
export function isExactRecord(record: Fields): boolean {
  const outer = shapeOf(record);
  if (!outer.isExact) {
    return false;
  }
  const properties = record["properties"];
  if (properties === undefined) {
    return outer.hasUser && outer.hasResult && hasExactValues(record, record);
  }
  if (!isFields(properties)) {
    return false;
  }
  const inner = shapeOf(properties);
  return (
    inner.isExact &&
    inner.hasUser &&
    (outer.hasResult || inner.hasResult) &&
    hasExactValues(properties, record)
  );
}

function hasExactValues(row: Fields, record: Fields): boolean {
  return (
    isTime(record["TimeGenerated"]) &&
    isTime(record["time"]) &&
    isTime(row["CreatedDateTime"]) &&
    isTime(row["createdDateTime"]) &&
    isCode(row["ResultType"]) &&
    isCode(record["resultType"]) &&
    isFlag(row["IsInteractive"]) &&
    isFlag(row["isInteractive"]) &&
    isText(row["UserPrincipalName"]) &&
    isText(row["userPrincipalName"]) &&
    isGroup(row["Status"]) &&
    isGroup(row["status"]) &&
    isGroup(row["Status_dynamic"]) &&
    isGroup(row["Status_string"]) &&
    areSteps(row["AuthenticationDetails"]) &&
    areSteps(row["authenticationDetails"]) &&
    isPlace(row["Location"]) &&
    isPlace(row["location"]) &&
    isGroup(row["LocationDetails"]) &&
    isGroup(row["DeviceDetail"]) &&
    isGroup(row["deviceDetail"])
  );
}

function isTime(value: unknown): boolean {
  return isMissing(value) || (typeof value === "string" && value[4] === "-" && value[7] === "-");
}

function isCode(value: unknown): boolean {
  return (
    isMissing(value) ||
    (typeof value === "string" ? /^\d+$/.test(value) : Number.isSafeInteger(value))
  );
}

function isFlag(value: unknown): boolean {
  return (
    isMissing(value) ||
    typeof value === "boolean" ||
    (typeof value === "string" && /^(?:true|false)$/i.test(value))
  );
}

function isText(value: unknown): boolean {
  return isMissing(value) || typeof value === "string";
}

/** Reports whether a value is a status, a place or a device, as an object or as its JSON, with a valid code if any. */
function isGroup(value: unknown): boolean {
  if (isMissing(value)) {
    return true;
  }
  if (typeof value === "string") {
    return /^["{]/.test(value) && (value.length < 5 || hasExactMember(value));
  }
  return (
    isFields(value) &&
    isCode(value["errorCode"]) &&
    Object.keys(value).every((key) => exactMembers.has(key) || !isMemberName(key))
  );
}

function hasExactMember(text: string): boolean {
  return /"(?:errorCode|additionalDetails|city|countryOrRegion|operatingSystem|deviceId|browser|displayName)\\*"/.test(
    text,
  );
}

const memberNames: ReadonlySet<string> = new Set([...exactMembers].map(plainName));

function isMemberName(key: string): boolean {
  return memberNames.has(plainName(key));
}

function isPlace(value: unknown): boolean {
  return isMissing(value) || (typeof value === "string" ? !value.startsWith("@{") : isGroup(value));
}

/** A time in text that is not ISO 8601. */
const otherTimes = /authenticationStepDateTime\\*"\s*:\s*(?:\{|\\*"(?!\d{4}-|\\*"))/;

function areSteps(value: unknown): boolean {
  if (isMissing(value)) {
    return true;
  }
  if (typeof value === "string") {
    return (
      /^\s*\[\s*\]\s*$/.test(value) ||
      (value.includes('"authenticationStepResultDetail') && !otherTimes.test(value))
    );
  }
  return (
    Array.isArray(value) &&
    value.every(
      (step) =>
        isFields(step) &&
        Object.hasOwn(step, "authenticationStepResultDetail") &&
        isTime(step["authenticationStepDateTime"]) &&
        typeof step["succeeded"] !== "number",
    )
  );
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}
