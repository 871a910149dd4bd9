/** One setting of the app: what it is for, and the text that holds where none is given. */
export interface Definition {
  /** Null: has to be given, or something else instead. */
  readonly fallback: string | null;
  readonly help: string;
}

/** Every setting that the app reads. README and the sample of local settings are tested against it. */
export const definitions = {
  LOG_ANALYTICS_WORKSPACE_ID: {
    fallback: null,
    help: "Workspace to query (GUID). Together with SENTINEL_WORKSPACE_RESOURCE_ID.",
  },
  SENTINEL_WORKSPACE_RESOURCE_ID: {
    fallback: null,
    help: "Resource id of the workspace (/subscriptions/…/workspaces/…) that gets the incidents.",
  },
  WORKSPACES: {
    fallback: null,
    help: "Instead of the two above, several workspaces: JSON array of {name, workspaceId, resourceId}.",
  },
  STATE_STORAGE: {
    fallback: null,
    help: "Connection string of the storage account for state and queue.",
  },
  STATE_STORAGE__tableServiceUri: {
    fallback: null,
    help: "Instead of a connection string: table endpoint, with identity.",
  },
  STATE_STORAGE__queueServiceUri: {
    fallback: null,
    help: "Queue endpoint that belongs to it.",
  },
  STATE_TABLE: { fallback: "MfaDenyState", help: "Table for the state; made on first use." },
  AZURE_CLIENT_ID: { fallback: "", help: "Client id of a user-assigned identity." },
  AZURE_CLOUD: { fallback: "public", help: "public or usgov." },
  LOG_ANALYTICS_ENDPOINT: { fallback: "", help: "Overrides the cloud's query endpoint." },
  AZURE_RESOURCE_MANAGER_ENDPOINT: {
    fallback: "",
    help: "Overrides the cloud's Resource Manager endpoint.",
  },
  DETECTION_SCHEDULE: {
    fallback: "0 */5 * * * *",
    help: "When runs start (NCRONTAB, with seconds). Has to be set: the Functions host reads it by itself.",
  },
  DETECTION_RULES: {
    fallback: "explicit-mfa-deny,mfa-deny-then-approve",
    help: "Ids of rules by comma, or a JSON array with overrides and exclusions.",
  },
  INGESTION_SAFETY: {
    fallback: "PT2M",
    help: "How far behind the present a run stops, because rows become visible out of order.",
  },
  INITIAL_LOOKBACK: { fallback: "PT1H", help: "How far back the very first run begins." },
  APPROVAL_WATCH: {
    fallback: "PT60M",
    help: "How long after the last denial an approval raises the severity.",
  },
  APPROVAL_LATENESS: { fallback: "P2D", help: "How much later such an approval may be published." },
  APPROVAL_RAISES: {
    fallback: "any",
    help: "any, or matched: only approvals of the same request or address raise the severity.",
  },
  USUAL_ORIGIN_SEVERITY: {
    fallback: "none",
    help: "Informational, Low or Medium: at most that where all denials came from where the user usually signs in.",
  },
  CONTEXT: {
    fallback: "on",
    help: "on: look up what was before, around and after each finding; off: ask no further table.",
  },
  MAX_INCIDENTS_PER_RUN: {
    fallback: "50",
    help: "Incidents written in one run; the rest waits for the next.",
  },
  STATE_RETENTION: { fallback: "P180D", help: "How long bursts are remembered." },
  HEALTH_MAX_AGE: {
    fallback: "PT15M",
    help: "Age of the last success from which on health is bad.",
  },
  DRY_RUN: {
    fallback: "false",
    help: "true: decide and log, but send nothing and leave the state alone.",
  },
  INCIDENT_SINKS: {
    fallback: "sentinel",
    help: "Where incidents go, by comma: sentinel (its API), logs (a custom table with an analytics rule).",
  },
  FINDINGS_ENDPOINT: {
    fallback: "",
    help: "For logs: ingestion endpoint of the data collection rule or endpoint.",
  },
  FINDINGS_DCR_ID: { fallback: "", help: "For logs: immutable id of the data collection rule." },
  FINDINGS_STREAM: {
    fallback: "Custom-MfaDenyFindings_CL",
    help: "For logs: the rule's stream.",
  },
} as const satisfies Record<string, Definition>;

export type SettingName = keyof typeof definitions;
