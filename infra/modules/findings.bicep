// Deployed into the resource group of the Sentinel workspace that gets the findings. The order matters: the data
// collection rule refuses a table that is not there, and so does the analytics rule.
import { Tags } from '../types.bicep'

metadata description = 'Custom table, data collection rule and analytics rule of the sink "logs".'

@description('Name of the Log Analytics workspace.')
param workspaceName string
@description('Region of the workspace; the data collection rule has to be in it.')
param location string
param tags Tags
@description('Object id of the identity of the app.')
param principalId string
@description('Resource id of the identity: part of the name of its role assignment.')
param identityId string
@description('False: the analytics rule is deployed, but raises nothing.')
param analyticsRuleEnabled bool

var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var shippedTable = loadJsonContent('../findings/table.json').properties
var shippedCollection = loadJsonContent('../findings/dataCollectionRule.json').properties
var shippedRule = loadJsonContent('../findings/analyticsRule.json').properties

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource table 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = {
  parent: workspace
  name: shippedTable.schema.name
  properties: shippedTable
}

resource collection 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'mfa-deny-findings'
  location: location
  tags: tags
  kind: 'Direct'
  properties: {
    description: shippedCollection.description
    streamDeclarations: shippedCollection.streamDeclarations
    dataFlows: shippedCollection.dataFlows
    destinations: {
      logAnalytics: [
        {
          name: shippedCollection.destinations.logAnalytics[0].name
          workspaceResourceId: workspace.id
        }
      ]
    }
  }
  dependsOn: [
    table
  ]
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: collection
  name: guid(collection.id, identityId, metricsPublisher)
  properties: {
    description: 'mfa-deny-detector: Monitoring Metrics Publisher'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

resource rule 'Microsoft.SecurityInsights/alertRules@2025-09-01' = {
  scope: workspace
  // The id of the template, so that deploying again changes the rule and never makes a second one.
  name: loadYamlContent('../findings/analyticsRule.yaml').id
  kind: 'Scheduled'
  properties: union(shippedRule, {
    enabled: analyticsRuleEnabled
  })
  dependsOn: [
    collection
  ]
}

output endpoint string = collection.properties.endpoints.logsIngestion
output immutableId string = collection.properties.immutableId
output stream string = shippedCollection.dataFlows[0].streams[0]
output ruleId string = rule.id
