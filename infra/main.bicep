// For azd: makes the resource group, and what azuredeploy.bicep describes in it. The code comes from `azd deploy`.
import { FurtherSettings } from 'settings.bicep'
import { Hosting, MoreWorkspace } from 'types.bicep'

targetScope = 'subscription'

@description('Name of the azd environment; names of resources begin with it.')
@minLength(2)
@maxLength(24)
param environmentName string

@description('Region of the app.')
@minLength(1)
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Resource id of the Sentinel workspace: /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…')
@minLength(110)
param sentinelWorkspaceResourceId string

@description('Resource group of the app; empty: rg-ENVIRONMENT.')
param resourceGroupName string = ''

@description('Further Sentinel workspaces of this tenant.')
param moreWorkspaces MoreWorkspace[] = []

@allowed([
  'sentinel,logs'
  'logs'
  'sentinel'
])
param incidentSinks string = 'sentinel,logs'
param dryRun bool = false
param detectionSchedule string = '0 */5 * * * *'
param detectionRules string = 'explicit-mfa-deny,mfa-deny-then-approve'
param settings FurtherSettings = {}
param alertEmail string = ''
param leastPrivilege bool = false
param identityResourceId string = ''
param hosting Hosting = startsWith(location, 'usgov') || startsWith(location, 'usdod') ? 'Dedicated' : 'FlexConsumption'
param privateNetwork bool = false

var tags = {
  'azd-env-name': environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: empty(resourceGroupName) ? 'rg-${environmentName}' : resourceGroupName
  location: location
  tags: tags
}

module detector 'azuredeploy.bicep' = {
  name: 'mfa-deny-${uniqueString(environmentName, location)}'
  scope: group
  params: {
    name: toLower(replace(environmentName, '_', '-'))
    location: location
    sentinelWorkspaceResourceId: sentinelWorkspaceResourceId
    moreWorkspaces: moreWorkspaces
    incidentSinks: incidentSinks
    dryRun: dryRun
    detectionSchedule: detectionSchedule
    detectionRules: detectionRules
    settings: settings
    alertEmail: alertEmail
    leastPrivilege: leastPrivilege
    identityResourceId: identityResourceId
    hosting: hosting
    privateNetwork: privateNetwork
    packageUri: ''
    packageSha256: ''
    tags: tags
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_NAME string = detector.outputs.AZURE_FUNCTION_NAME
output HEALTH_URL string = detector.outputs.HEALTH_URL
output IDENTITY_CLIENT_ID string = detector.outputs.IDENTITY_CLIENT_ID
output ANALYTICS_RULE_ID string = detector.outputs.ANALYTICS_RULE_ID
