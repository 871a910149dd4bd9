import type { SigninRow } from "../row.ts";

type DiagnosticRecord = Readonly<Record<string, unknown>>;

/** These are text in a table, but arrays in a record. */
const parsedFields: ReadonlySet<string> = new Set([
  "AuthenticationDetails",
  "AuthenticationProcessingDetails",
  "AuthenticationRequirementPolicies",
  "NetworkLocationDetails",
  "RiskEventTypes",
  "RiskEventTypes_V2",
]);

/** Columns whose property is not the name with a lower-case first letter. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["ConditionalAccessPolicies", "appliedConditionalAccessPolicies"],
  ["IPAddress", "ipAddress"],
  ["LocationDetails", "location"],
  ["RiskEventTypes_V2", "riskEventTypes_v2"],
  ["UniqueTokenIdentifier", "uniqueTokenIdentifier"],
]);

/** Fields of the record itself, or of Log Analytics only. */
const notProperties: ReadonlySet<string> = new Set([
  "TenantId",
  "SourceSystem",
  "TimeGenerated",
  "ResourceId",
  "OperationName",
  "OperationVersion",
  "Category",
  "ResultType",
  "ResultSignature",
  "ResultDescription",
  "DurationMs",
  "Resource",
  "ResourceGroup",
  "Identity",
  "Level",
  "Location",
  "AADTenantId",
  "Type",
]);

function parsed(value: unknown): unknown {
  if (typeof value !== "string") {
    return value;
  }
  const json: unknown = JSON.parse(value);
  return json;
}

function propertiesOf(row: SigninRow): DiagnosticRecord {
  const properties: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    if (notProperties.has(column)) {
      continue;
    }
    const name = renamed.get(column) ?? column.charAt(0).toLowerCase() + column.slice(1);
    properties[name] = parsedFields.has(column) ? parsed(value) : value;
  }
  return properties;
}

/** Returns a record as diagnostic settings send it to an Event Hub or to a storage account. */
export function toDiagnosticRecord(row: SigninRow): DiagnosticRecord {
  return {
    time: row["TimeGenerated"],
    resourceId: row["ResourceId"],
    operationName: row["OperationName"],
    operationVersion: row["OperationVersion"],
    category: row["Category"],
    tenantId: row["AADTenantId"],
    resultType: row["ResultType"],
    resultSignature: row["ResultSignature"],
    resultDescription: row["ResultDescription"],
    durationMs: row["DurationMs"],
    callerIpAddress: row["IPAddress"],
    correlationId: row["CorrelationId"],
    identity: row["Identity"],
    Level: Number(row["Level"]),
    location: row["Location"],
    properties: propertiesOf(row),
  };
}

/** Returns an Event Hub message, which contains several records. */
export function toEventHubMessage(rows: Iterable<SigninRow>): {
  readonly records: readonly DiagnosticRecord[];
} {
  return { records: Array.from(rows, toDiagnosticRecord) };
}
