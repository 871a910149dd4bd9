// Written by scripts/make-docs.mjs from src/settings/definitions.ts; change it there.

@export()
@description('Further settings of the app, by name: those that no other parameter gives.')
@sealed()
type FurtherSettings = {
  LOG_ANALYTICS_ENDPOINT: string?
  AZURE_RESOURCE_MANAGER_ENDPOINT: string?
  MAINTENANCE_SCHEDULE: string?
  RULES_FILE: string?
  INGESTION_SAFETY: string?
  INITIAL_LOOKBACK: string?
  APPROVAL_WATCH: string?
  APPROVAL_LATENESS: string?
  APPROVAL_RAISES: string?
  USUAL_ORIGIN_SEVERITY: string?
  CONTEXT: string?
  MAX_INCIDENTS_PER_RUN: string?
  STATE_RETENTION: string?
  HEALTH_MAX_AGE: string?
  SOURCE_MAX_AGE: string?
}
