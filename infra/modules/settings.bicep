// The app's settings, as src/settings/definitions.ts declares them; test/infra/oneTruth.test.ts compares the two.
// A module, because they rest on what other modules answer.
import { FurtherSettings } from '../settings.bicep'
import { Settings, WorkspaceEntry } from '../types.bicep'

metadata description = 'Settings of the app.'

param workspaces WorkspaceEntry[]
param cloud 'public' | 'usgov'
param clientId string
param queueEndpoint string
param tableEndpoint string
param stateTable string
param detectionSchedule string
param detectionRules string
param dryRun bool
param incidentSinks string
param writesFindings bool
param findingsEndpoint string
param findingsRuleId string
param findingsStream string
param further FurtherSettings

var oneWorkspace = {
  LOG_ANALYTICS_WORKSPACE_ID: workspaces[0].workspaceId
  SENTINEL_WORKSPACE_RESOURCE_ID: workspaces[0].resourceId
}
var severalWorkspaces = {
  WORKSPACES: string(workspaces)
}
var findings = {
  FINDINGS_ENDPOINT: findingsEndpoint
  FINDINGS_DCR_ID: findingsRuleId
  FINDINGS_STREAM: findingsStream
}
var always = {
  AZURE_CLIENT_ID: clientId
  AZURE_CLOUD: cloud
  STATE_STORAGE__queueServiceUri: queueEndpoint
  STATE_STORAGE__tableServiceUri: tableEndpoint
  STATE_TABLE: stateTable
  DETECTION_SCHEDULE: detectionSchedule
  DETECTION_RULES: detectionRules
  DRY_RUN: toLower(string(dryRun))
  INCIDENT_SINKS: incidentSinks
}

output settings Settings = {
  ...always
  ...(length(workspaces) == 1 ? oneWorkspace : severalWorkspaces)
  ...(writesFindings ? findings : {})
  // Only those that are given.
  ...any(further)
}
