// Everything the detector needs, for one resource group. The app's own resources are made there; what belongs to
// a Sentinel workspace (roles, table, data collection rule, analytics rule, workbook) goes into the group of that
// workspace. main.bicep wraps this for azd; azuredeploy.json is what the compiler makes of it.
import { FurtherSettings } from 'settings.bicep'
import { Hosting, MoreWorkspace, Tags } from 'types.bicep'

targetScope = 'resourceGroup'

metadata name = 'mfa-deny-detector'
metadata description = 'Finds users who keep refusing MFA prompts and opens one Microsoft Sentinel incident per attack.'

@description('Prefix of the names of the resources: 2 to 24 lower-case letters, digits and hyphens.')
@minLength(2)
@maxLength(24)
param name string = 'mfa-deny'

@description('Region of the app. Flex Consumption is not offered in every region: az functionapp list-flexconsumption-locations')
param location string = resourceGroup().location

@description('Resource id of the Sentinel workspace: /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…')
@minLength(110)
param sentinelWorkspaceResourceId string

@description('Further Sentinel workspaces of this tenant, in any subscription. Findings of all go into the table of the first one.')
param moreWorkspaces MoreWorkspace[] = []

@description('Where incidents go. "sentinel,logs" shows them in the Azure portal and in the Defender portal; "logs" in both from one source; "sentinel" in the Azure portal only.')
@allowed([
  'sentinel,logs'
  'logs'
  'sentinel'
])
param incidentSinks string = 'sentinel,logs'

@description('True: decide and log, but open nothing. For the first days.')
param dryRun bool = false

@description('When runs start: NCRONTAB with seconds, UTC.')
@minLength(11)
param detectionSchedule string = '0 */5 * * * *'

@description('Ids of rules, separated by commas, or the text of a file of rules (docs/rules.md).')
@minLength(1)
param detectionRules string = 'explicit-mfa-deny,mfa-deny-then-approve'

@description('Further settings of the app, by name; docs/deploy.md lists them.')
param settings FurtherSettings = {}

@description('False: the analytics rule is deployed but raises nothing.')
param analyticsRuleEnabled bool = true

@description('Address that alerts about the app itself go to. Empty: the alerts are made, and notify nobody.')
param alertEmail string = ''

@description('True: a custom role with exactly the actions that the app uses, instead of Microsoft Sentinel Responder. Needs the right to write role definitions.')
param leastPrivilege bool = false

@description('Resource id of a user-assigned identity of yours. Empty: one is made.')
param identityResourceId string = ''

@description('FlexConsumption where there is one; Azure Government has none.')
param hosting Hosting = startsWith(location, 'usgov') || startsWith(location, 'usdod') ? 'Premium' : 'FlexConsumption'

@description('Major version of Node.js.')
@allowed([
  '24'
  '22'
])
param nodeVersion string = '24'

@description('Memory of an instance on Flex Consumption, in megabytes.')
@allowed([
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Instances at most. One does nearly all the work; backfills and HTTP calls may start others.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('True: the storage account answers only from a virtual network that is made for the app.')
param privateNetwork bool = false

@description('False: the HTTP functions (health, doctor, backfill, tuning) answer only from that network. Needs privateNetwork.')
param publicInbound bool = true

@description('Address range of the network: room for two subnets of 64 addresses.')
param networkAddressPrefix string = '10.41.0.0/24'

@description('Days that logs of the app are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Gigabytes of logs a day at most.')
@minValue(1)
param logDailyCapGigabytes int = 1

@description('Zip of the app, https. Empty: deployed afterwards, by azd or func.')
param packageUri string = loadJsonContent('release.json').packageUri

@description('SHA-256 of that zip, as the release says. Kept as a tag: Azure compares nothing, docs/deploy.md says how you do.')
param packageSha256 string = loadJsonContent('release.json').packageSha256

@description('Tags of all resources.')
param tags Tags = {}

// Regions say which cloud this is; unlike environment(), they can be tried without Azure.
var region = toLower(replace(location, ' ', ''))
var isGovernment = startsWith(region, 'usgov') || startsWith(region, 'usdod')

// What the template itself can refuse. The platform would find these out later, and say it less plainly.
var workspaceParts = split(sentinelWorkspaceResourceId, '/')
var checkedWorkspaceId = length(workspaceParts) != 9 || toLower(join(take(skip(workspaceParts, 5), 3), '/')) != 'providers/microsoft.operationalinsights/workspaces'
  ? fail('sentinelWorkspaceResourceId has to be /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…')
  : sentinelWorkspaceResourceId
var checkedHosting = hosting == 'FlexConsumption' && isGovernment
  ? fail('Flex Consumption is not offered in Azure Government: set hosting to Premium or Dedicated')
  : hosting == 'Premium' && empty(packageUri)
      ? fail('On the Premium plan the app runs from packageUri, because a content share would need a storage key: give packageUri')
      : hosting
var checkedPackageUri = empty(packageUri) || startsWith(packageUri, 'https://')
  ? packageUri
  : fail('packageUri has to begin with https://')
var checkedInbound = publicInbound || privateNetwork
  ? publicInbound
  : fail('publicInbound false needs privateNetwork true: without a network nobody could reach the app')
var checkedEmail = empty(alertEmail) || contains(alertEmail, '@')
  ? alertEmail
  : fail('alertEmail has to be an e-mail address, or empty')

var token = uniqueString(resourceGroup().id, name)
var fullName = '${name}-${token}'
var packageContainer = 'app-package'
var stateTable = 'MfaDenyState'
var backfillQueue = 'mfa-deny-backfill'
var writesFindings = contains(incidentSinks, 'logs')
var ownIdentity = !empty(identityResourceId)
var identityParts = split(ownIdentity ? identityResourceId : '////////', '/')
var workspaces = concat(
  [
    {
      name: 'default'
      resourceId: checkedWorkspaceId
    }
  ],
  moreWorkspaces
)

resource madeIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (!ownIdentity) {
  name: 'id-${fullName}'
  location: location
  tags: tags
}

resource givenIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = if (ownIdentity) {
  scope: resourceGroup(identityParts[2], identityParts[4])
  name: identityParts[8]
}

var identityId = ownIdentity ? identityResourceId : madeIdentity.id
var principalId = ownIdentity ? givenIdentity!.properties.principalId : madeIdentity!.properties.principalId
var clientId = ownIdentity ? givenIdentity!.properties.clientId : madeIdentity!.properties.clientId

module storage 'modules/storage.bicep' = {
  name: 'mfa-deny-storage'
  params: {
    name: 'st${take(replace(name, '-', ''), 9)}${token}'
    location: location
    tags: tags
    principalId: principalId
    identityId: identityId
    stateTable: stateTable
    backfillQueue: backfillQueue
    packageContainer: packageContainer
    private: privateNetwork
  }
}

module telemetry 'modules/telemetry.bicep' = {
  name: 'mfa-deny-telemetry'
  params: {
    name: fullName
    location: location
    tags: tags
    principalId: principalId
    identityId: identityId
    retentionDays: logRetentionDays
    dailyCapGigabytes: logDailyCapGigabytes
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'mfa-deny-network'
  params: {
    name: fullName
    location: location
    tags: tags
    hosting: checkedHosting
    addressPrefix: networkAddressPrefix
    storageAccountId: storage.outputs.id
  }
}

module rights 'modules/workspace.bicep' = [
  for (workspace, index) in workspaces: {
    name: 'mfa-deny-rights-${index}-${token}'
    scope: resourceGroup(split(workspace.resourceId, '/')[2], split(workspace.resourceId, '/')[4])
    params: {
      workspaceName: last(split(workspace.resourceId, '/'))
      alias: workspace.name
      principalId: principalId
      identityId: identityId
      leastPrivilege: leastPrivilege
    }
  }
]

module findings 'modules/findings.bicep' = if (writesFindings) {
  name: 'mfa-deny-findings-${token}'
  scope: resourceGroup(workspaceParts[2], workspaceParts[4])
  params: {
    workspaceName: workspaceParts[8]
    location: rights[0].outputs.location
    tags: tags
    principalId: principalId
    identityId: identityId
    analyticsRuleEnabled: analyticsRuleEnabled
  }
}

module collected 'modules/settings.bicep' = {
  name: 'mfa-deny-settings'
  params: {
    workspaces: [for (workspace, index) in workspaces: rights[index].outputs.entry]
    cloud: isGovernment ? 'usgov' : 'public'
    clientId: clientId
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    stateTable: stateTable
    detectionSchedule: detectionSchedule
    detectionRules: detectionRules
    dryRun: dryRun
    incidentSinks: incidentSinks
    writesFindings: writesFindings
    findingsEndpoint: findings.?outputs.endpoint ?? ''
    findingsRuleId: findings.?outputs.immutableId ?? ''
    findingsStream: findings.?outputs.stream ?? ''
    further: settings
  }
}

module app 'modules/app.bicep' = {
  name: 'mfa-deny-app'
  params: {
    name: fullName
    location: location
    tags: union(tags, empty(packageSha256) ? {} : { 'mfa-deny-package-sha256': packageSha256 })
    hosting: checkedHosting
    identityId: identityId
    identityClientId: clientId
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: maximumInstances
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    packageContainer: packageContainer
    packageUri: checkedPackageUri
    applicationInsights: telemetry.outputs.connectionString
    settings: collected.outputs.settings
    subnetId: network.?outputs.appSubnetId ?? ''
    publicInbound: checkedInbound
  }
}

module inbound 'modules/privateEndpoint.bicep' = if (privateNetwork && !checkedInbound) {
  name: 'mfa-deny-inbound'
  params: {
    name: '${fullName}-sites'
    location: location
    tags: tags
    networkId: network.?outputs.id ?? ''
    subnetId: network.?outputs.endpointsSubnetId ?? ''
    targetId: app.outputs.id
    groupId: 'sites'
    zoneName: isGovernment ? 'privatelink.azurewebsites.us' : 'privatelink.azurewebsites.net'
  }
}

// What the app cannot say of itself, asked of its logs.
module appAlerts 'modules/alerts.bicep' = {
  name: 'mfa-deny-alerts'
  params: {
    name: fullName
    location: location
    tags: tags
    workspaceId: telemetry.outputs.workspaceId
    email: checkedEmail
    alerts: [
      {
        name: 'no-run'
        title: 'no run for 20 minutes'
        description: 'No detection run has ended or failed: is the app stopped, or its timer? docs/deploy.md#alerts'
        query: loadTextContent('alerts/noRun.kql')
        severity: 1
        frequency: 'PT5M'
        window: 'PT30M'
        measure: 'Runs'
        operator: 'LessThan'
        threshold: 1
      }
      {
        name: 'failed-runs'
        title: 'three runs failed in 30 minutes'
        description: 'Log Analytics or the state cannot be reached; the problem is in the result. docs/deploy.md#alerts'
        query: loadTextContent('alerts/failedRuns.kql')
        severity: 1
        frequency: 'PT5M'
        window: 'PT30M'
        measure: 'Failed'
        dimension: 'Workspace'
        operator: 'GreaterThanOrEqual'
        threshold: 3
      }
      {
        name: 'undelivered'
        title: 'incidents wait to be written'
        description: 'A sink refuses them, or too many come at once. Nothing is lost. docs/deploy.md#alerts'
        query: loadTextContent('alerts/undelivered.kql')
        severity: 1
        frequency: 'PT5M'
        window: 'PT30M'
        measure: 'Waiting'
        dimension: 'Workspace'
        operator: 'GreaterThan'
        threshold: 0
      }
      {
        name: 'lag'
        title: 'reading lags 30 minutes behind'
        description: 'Runs cannot keep up, or the log service answers slowly. docs/deploy.md#alerts'
        query: loadTextContent('alerts/lag.kql')
        severity: 2
        frequency: 'PT5M'
        window: 'PT1H'
        measure: 'LagMinutes'
        dimension: 'Workspace'
        operator: 'GreaterThan'
        threshold: 30
      }
      {
        name: 'poison'
        title: 'a step of a backfill was given up'
        description: 'Its status says which slice; the runs on schedule go on. docs/deploy.md#alerts'
        query: loadTextContent('alerts/poison.kql')
        severity: 3
        frequency: 'PT15M'
        window: 'PT1H'
        operator: 'GreaterThan'
        threshold: 0
      }
    ]
  }
}

// What only the Sentinel workspace can say: a silent log and an app that is down look the same from the app.
module workspaceAlerts 'modules/alerts.bicep' = {
  name: 'mfa-deny-workspace-alerts-${token}'
  scope: resourceGroup(workspaceParts[2], workspaceParts[4])
  params: {
    name: fullName
    location: rights[0].outputs.location
    tags: tags
    workspaceId: checkedWorkspaceId
    email: checkedEmail
    alerts: concat(
      [
        {
          name: 'silence'
          title: 'no sign-in was logged for a day'
          description: 'Is the diagnostic setting SignInLogs of Microsoft Entra ID still there? docs/deploy.md#alerts'
          query: loadTextContent('alerts/silence.kql')
          severity: 1
          frequency: 'PT1H'
          window: 'P1D'
          measure: 'SignIns'
          operator: 'LessThan'
          threshold: 1
        }
        {
          name: 'no-reasons'
          title: 'MFA failures carry no reasons'
          description: 'The log does not say why prompts failed, so refusals cannot be seen. docs/deploy.md#alerts'
          query: loadTextContent('alerts/noReasons.kql')
          severity: 2
          frequency: 'PT1H'
          window: 'P1D'
          measure: 'WithoutReasonPercent'
          operator: 'GreaterThanOrEqual'
          threshold: 100
        }
      ],
      writesFindings
        ? [
            {
              name: 'analytics-rule'
              title: 'the analytics rule does not run'
              description: 'Findings are written, but become no alerts. docs/deploy.md#alerts'
              query: loadTextContent('alerts/analyticsRule.kql')
              severity: 1
              frequency: 'PT1H'
              window: 'P1D'
              operator: 'GreaterThan'
              threshold: 0
              unchecked: true
            }
          ]
        : []
    )
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'mfa-deny-workbook-${token}'
  scope: resourceGroup(workspaceParts[2], workspaceParts[4])
  params: {
    workspaceName: workspaceParts[8]
    location: rights[0].outputs.location
    tags: tags
    telemetryWorkspaceId: telemetry.outputs.workspaceId
  }
}

@description('Name of the Functions app.')
output AZURE_FUNCTION_NAME string = app.outputs.name
@description('Health of the detector; asks for a function key.')
output HEALTH_URL string = 'https://${app.outputs.hostName}/api/health'
@description('Client id of the identity that the app runs as.')
output IDENTITY_CLIENT_ID string = clientId
@description('Resource id of the analytics rule; empty without the sink "logs".')
output ANALYTICS_RULE_ID string = findings.?outputs.ruleId ?? ''
