// Application Insights with a workspace of its own: the telemetry of the app stays out of the Sentinel workspace,
// where each gigabyte is billed as security data. Nobody writes to it with a key.
import { Tags } from '../types.bicep'

metadata description = 'Application Insights on a workspace of its own, with local authentication off.'

param name string
param location string
param tags Tags
@description('Object id of the identity of the app.')
param principalId string
@description('Resource id of the identity: part of the name of its role assignment.')
param identityId string
@minValue(30)
@maxValue(730)
param retentionDays int
@description('Gigabytes a day. What comes after that is lost until the next day.')
@minValue(1)
param dailyCapGigabytes int

var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyCapGigabytes
    }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
    WorkspaceResourceId: workspace.id
  }
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, identityId, metricsPublisher)
  properties: {
    description: 'mfa-deny-detector: Monitoring Metrics Publisher'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

output workspaceId string = workspace.id
output componentId string = component.id
output connectionString string = component.properties.ConnectionString
