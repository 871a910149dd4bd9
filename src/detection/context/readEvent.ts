import { dynamic, first, isFields, own, text, unwrap, type Fields } from "../signin/fields.ts";
import { readTime } from "../signin/time.ts";
import { cutAt } from "../signin/visible.ts";
import { addressOf } from "./network.ts";
import type { EventRow, Names } from "./rows.ts";

/** Maximum length of a detail, which is shown in one cell of a table. */
const longestDetail = 200;

/** Parameters by which an inbox rule or a mailbox hides or forwards mail. */
const mailParameters: ReadonlySet<string> = new Set([
  "forwardto",
  "forwardasattachmentto",
  "redirectto",
  "forwardingsmtpaddress",
  "forwardingaddress",
  "delivertomailboxandforward",
  "deletemessage",
  "movetofolder",
]);

/** Parameters by which `Set-Mailbox` forwards. Without one it is an ordinary change. */
const forwarding = /^(?:forwarding|delivertomailboxandforward)/;

/**
 * Reads a row of `AuditLogs` or a `directoryAudit` of Microsoft Graph.
 *
 * @returns null if it has no operation or no readable time
 */
export function readAuditEvent(record: Fields): EventRow | null {
  const operation = text(
    first(record, "OperationName", "activityDisplayName", "ActivityDisplayName"),
  );
  const at = readTime(first(record, "ActivityDateTime", "activityDateTime", "TimeGenerated"));
  if (operation === null || at === null) {
    return null;
  }
  const actor = dynamic(first(record, "InitiatedBy", "initiatedBy"));
  const user = dynamic(own(actor, "user"));
  const app = dynamic(own(actor, "app"));
  const targets = listOf(first(record, "TargetResources", "targetResources")).filter(isFields);
  const result = text(first(record, "Result", "result"))?.toLowerCase() ?? "";
  return {
    table: "AuditLogs",
    at,
    operation,
    failed: result !== "" && result !== "success",
    by: text(own(user, "userPrincipalName")) ?? text(own(app, "displayName")),
    byNames: namesOf(own(user, "id"), own(user, "userPrincipalName")),
    onNames: targets.flatMap((target) =>
      namesOf(own(target, "id"), own(target, "userPrincipalName")),
    ),
    address: addressOf(own(user, "ipAddress")),
    detail: short(
      roleIn(targets) ??
        text(first(record, "ResultReason", "resultReason")) ??
        text(
          targets.map((target) => own(target, "displayName")).find((name) => text(name) !== null),
        ),
    ),
  };
}

/**
 * Reads a row of `OfficeActivity` or a record of the Unified Audit Log.
 *
 * @returns null if it has no operation or no readable time, or is a mailbox change that forwards nothing
 */
export function readOfficeEvent(record: Fields): EventRow | null {
  const data = { ...record, ...dynamic(first(record, "AuditData")) };
  const operation = text(first(data, "Operation", "Operations"));
  const at = readTime(first(data, "TimeGenerated", "CreationTime", "CreationDate"));
  if (operation === null || at === null) {
    return null;
  }
  const parameters = parametersIn(listOf(first(data, "Parameters", "OperationProperties")));
  if (
    operation === "Set-Mailbox" &&
    !parameters.some(([name]) => forwarding.test(name.toLowerCase()))
  ) {
    return null;
  }
  const who = text(first(data, "UserId", "UserIds"));
  const result = text(first(data, "ResultStatus"))?.toLowerCase() ?? "";
  const told = parameters.filter(([name]) => mailParameters.has(name.toLowerCase()));
  return {
    table: "OfficeActivity",
    at,
    operation,
    failed: result === "failed" || result === "failure" || result === "false",
    by: who,
    byNames: namesOf(first(data, "UserKey"), who),
    onNames: namesOf(
      first(data, "MailboxOwnerUPN"),
      ...mailboxIn(first(data, "ObjectId", "OfficeObjectId")),
    ),
    address: addressOf(
      first(data, "ClientIP", "Client_IPAddress", "ClientIPAddress", "ActorIpAddress"),
    ),
    detail: short(
      told.length === 0 ? null : told.map(([name, value]) => `${name}: ${value}`).join("; "),
    ),
  };
}

/**
 * Reads a row of `AADUserRiskEvents` or a `riskDetection` of Microsoft Graph.
 *
 * @returns null if it has no operation or no readable time
 */
export function readRiskEvent(record: Fields): EventRow | null {
  const operation = text(first(record, "RiskEventType", "riskEventType"));
  const at = readTime(first(record, "ActivityDateTime", "activityDateTime", "TimeGenerated"));
  if (operation === null || at === null) {
    return null;
  }
  const level = text(first(record, "RiskLevel", "riskLevel"));
  const state = text(first(record, "RiskState", "riskState"));
  return {
    table: riskTable,
    at,
    operation,
    failed: false,
    by: null,
    byNames: [],
    onNames: namesOf(
      first(record, "UserId", "userId"),
      first(record, "UserPrincipalName", "userPrincipalName"),
    ),
    address: addressOf(first(record, "IpAddress", "ipAddress")),
    detail: short([level, state].filter((part) => part !== null).join(", ")),
  };
}

/** The table whose operations are names of risk detections. */
export const riskTable = "AADUserRiskEvents";

function namesOf(...values: readonly unknown[]): Names {
  return values.flatMap((value) => text(value)?.toLowerCase() ?? []);
}

function listOf(value: unknown): readonly unknown[] {
  const list = unwrap(value);
  return Array.isArray(list) ? list : [];
}

/** Returns the assigned role, which is one of the changed properties. */
function roleIn(targets: readonly Fields[]): string | null {
  const properties = targets.flatMap((target) => listOf(own(target, "modifiedProperties")));
  const role = properties
    .filter(isFields)
    .find((property) => text(own(property, "displayName")) === "Role.DisplayName");
  return role === undefined ? null : text(unwrap(own(role, "newValue")));
}

function parametersIn(values: readonly unknown[]): readonly (readonly [string, string])[] {
  return values
    .filter(isFields)
    .map((each) => [text(own(each, "Name")) ?? "", text(own(each, "Value")) ?? ""] as const);
}

/**
 * Returns the mailbox name: none in `contoso.com/Users/Alice`, `alice@contoso.com` in itself or in
 * `alice@contoso.com\\Rule`.
 */
function mailboxIn(value: unknown): readonly string[] {
  const [mailbox = ""] = (text(value) ?? "").split("\\");
  return mailbox.includes("@") ? [mailbox] : [];
}

function short(detail: string | null): string | null {
  return detail === null || detail === "" ? null : cutAt(detail, longestDetail);
}
