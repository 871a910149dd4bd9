import type * as v from "valibot";
import {
  anyText,
  approvalRaises,
  cloudName,
  durationBetween,
  flag,
  onOrOff,
  optionalCollectionRule,
  optionalDuration,
  optionalEndpoint,
  optionalGuid,
  optionalRulesFile,
  optionalSinks,
  schedule,
  streamName,
  tableName,
  usualSeverity,
  wholeNumber,
} from "./schemas.ts";

/** One setting of the app: its purpose, and its default as text. */
export interface Definition {
  /** Null if the setting is required, or another one in its place. */
  readonly fallback: string | null;
  readonly help: string;
  /** Parses its text or default. Settings that only make sense together are parsed as plain text. */
  readonly schema: v.GenericSchema<string, unknown>;
}

const minute = 60_000;
const day = 1_440 * minute;

/** Every setting that the app reads. Tests compare README and the sample of local settings with it. */
export const definitions = {
  LOG_ANALYTICS_WORKSPACE_ID: {
    fallback: null,
    help: "Workspace to query (GUID). Together with SENTINEL_WORKSPACE_RESOURCE_ID.",
    schema: anyText,
  },
  SENTINEL_WORKSPACE_RESOURCE_ID: {
    fallback: null,
    help: "Resource id of the workspace (/subscriptions/…/workspaces/…) that gets the incidents.",
    schema: anyText,
  },
  WORKSPACES: {
    fallback: null,
    help: "Several workspaces instead of the two above: JSON array of {name, workspaceId, resourceId, rules?, sinks?, clientId?}.",
    schema: anyText,
  },
  STATE_STORAGE: {
    fallback: null,
    help: "Connection string of the storage account for state and queue.",
    schema: anyText,
  },
  STATE_STORAGE__tableServiceUri: {
    fallback: null,
    help: "Table endpoint, to use an identity instead of a connection string.",
    schema: anyText,
  },
  STATE_STORAGE__queueServiceUri: {
    fallback: null,
    help: "Queue endpoint of the same account.",
    schema: anyText,
  },
  STATE_STORAGE__credential: {
    fallback: "",
    help: "managedidentity, if the queue trigger uses a user-assigned identity.",
    schema: anyText,
  },
  STATE_STORAGE__clientId: {
    fallback: "",
    help: "Client id of that identity, for the queue trigger.",
    schema: optionalGuid,
  },
  STATE_TABLE: {
    fallback: "MfaDenyState",
    help: "Table for the state; created on first use.",
    schema: tableName,
  },
  AZURE_CLIENT_ID: {
    fallback: "",
    help: "Client id of a user-assigned identity.",
    schema: optionalGuid,
  },
  AZURE_CLOUD: { fallback: "public", help: "public or usgov.", schema: cloudName },
  LOG_ANALYTICS_ENDPOINT: {
    fallback: "",
    help: "Overrides the cloud's query endpoint.",
    schema: optionalEndpoint,
  },
  AZURE_RESOURCE_MANAGER_ENDPOINT: {
    fallback: "",
    help: "Overrides the cloud's Resource Manager endpoint.",
    schema: optionalEndpoint,
  },
  DETECTION_SCHEDULE: {
    fallback: "0 */5 * * * *",
    help: "When runs start (NCRONTAB, with seconds). The Functions host reads it too.",
    schema: schedule,
  },
  MAINTENANCE_SCHEDULE: {
    fallback: "0 17 3 * * *",
    help: "When the daily maintenance starts (NCRONTAB).",
    schema: schedule,
  },
  DETECTION_RULES: {
    fallback: "explicit-mfa-deny,mfa-deny-then-approve",
    help: "Comma-separated rule ids, or the text of a file of rules (docs/rules.md).",
    schema: anyText,
  },
  RULES_FILE: {
    fallback: "",
    help: "A file of rules instead of DETECTION_RULES: a path in the package, or the https address of a blob.",
    schema: optionalRulesFile,
  },
  INGESTION_SAFETY: {
    fallback: "PT2M",
    help: "How long before the present a run stops reading, because rows become visible out of order.",
    schema: durationBetween(0, day),
  },
  INITIAL_LOOKBACK: {
    fallback: "PT1H",
    help: "How far back the very first run begins.",
    schema: durationBetween(0, 30 * day),
  },
  APPROVAL_WATCH: {
    fallback: "PT60M",
    help: "How long after the last denial an approval raises the severity.",
    schema: durationBetween(0, 7 * day),
  },
  APPROVAL_LATENESS: {
    fallback: "P2D",
    help: "How much later such an approval may appear in the log.",
    schema: durationBetween(0, 7 * day),
  },
  APPROVAL_RAISES: {
    fallback: "any",
    help: "any, or matched: only approvals of the same request or address raise the severity.",
    schema: approvalRaises,
  },
  USUAL_ORIGIN_SEVERITY: {
    fallback: "none",
    help: "Informational, Low or Medium: the maximum severity if all denials came from the user's usual origins; none: no maximum.",
    schema: usualSeverity,
  },
  CONTEXT: {
    fallback: "on",
    help: "on: look up what happened before, around and after each finding; off: query no further tables.",
    schema: onOrOff,
  },
  MAX_INCIDENTS_PER_RUN: {
    fallback: "50",
    help: "Maximum number of incidents written in one run; the rest waits for the next.",
    schema: wholeNumber(1, 3_000),
  },
  STATE_RETENTION: {
    fallback: "P180D",
    help: "How long bursts are remembered.",
    schema: durationBetween(7 * day, 3_650 * day),
  },
  HEALTH_MAX_AGE: {
    fallback: "",
    help: "Age of the last successful run above which health is bad. Default: three times the longest pause of the schedule, at least PT15M.",
    schema: optionalDuration(minute, 30 * day),
  },
  SOURCE_MAX_AGE: {
    fallback: "PT24H",
    help: "Silence of SigninLogs above which health is bad, unless the tenant is usually silent at such hours.",
    schema: durationBetween(60 * minute, 30 * day),
  },
  DRY_RUN: {
    fallback: "false",
    help: "true: log and list what would be opened (mfa-deny doctor --findings) and send nothing. The state of real runs stays unchanged.",
    schema: flag,
  },
  INCIDENT_SINKS: {
    fallback: "",
    help: "Comma-separated targets of incidents: sentinel (its API), logs (a custom table with an analytics rule, which the Defender portal shows). Default: both if FINDINGS_ENDPOINT and FINDINGS_DCR_ID are set, otherwise sentinel.",
    schema: optionalSinks,
  },
  FINDINGS_ENDPOINT: {
    fallback: "",
    help: "For logs: ingestion endpoint of the data collection rule or endpoint.",
    schema: optionalEndpoint,
  },
  FINDINGS_DCR_ID: {
    fallback: "",
    help: "For logs: immutable id of the data collection rule.",
    schema: optionalCollectionRule,
  },
  FINDINGS_STREAM: {
    fallback: "Custom-MfaDenyFindings_CL",
    help: "For logs: the rule's stream.",
    schema: streamName,
  },
} as const satisfies Record<string, Definition>;

export type SettingName = keyof typeof definitions;

/** The values of all settings, by name. */
export type SettingValues = {
  readonly [Name in SettingName]: v.InferOutput<(typeof definitions)[Name]["schema"]>;
};
