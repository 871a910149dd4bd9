// Deployed into the resource group of the Sentinel workspace, where Sentinel lists it among its workbooks.
import { Tags } from '../types.bicep'

metadata description = 'Workbook over the findings, the sign-ins and the runs of the app.'

@description('Name of the Log Analytics workspace.')
param workspaceName string
@description('Region of the workspace.')
param location string
param tags Tags
@description('Resource id of the workspace that has the telemetry of the app.')
param telemetryWorkspaceId string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'mfa-deny-detector')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'MFA denials'
    category: 'sentinel'
    sourceId: workspace.id
    version: '1.0'
    serializedData: replace(
      replace(loadTextContent('../workbook.json'), '<Sentinel workspace>', workspace.id),
      '<telemetry workspace>',
      telemetryWorkspaceId
    )
  }
}

output id string = workbook.id
