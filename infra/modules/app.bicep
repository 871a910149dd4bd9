// The Functions app. Its settings come as they are: what a plan needs besides is added here.
import { Hosting, Settings, Tags } from '../types.bicep'

metadata description = 'Plan, Functions app, its settings and its package.'

param name string
param location string
param tags Tags
param hosting Hosting
@description('Resource id of the identity that the app runs as.')
param identityId string
param identityClientId string
@description('Major version of Node.js.')
param nodeVersion string
param instanceMemoryMB int
param maximumInstances int
param blobEndpoint string
param queueEndpoint string
param tableEndpoint string
param packageContainer string
@description('Empty: the app is deployed by azd or func.')
param packageUri string
param applicationInsights string
@description('What src/settings declares, by name.')
param settings Settings
@description('Subnet for what the app sends; empty without a network.')
param subnetId string
@description('False: reachable through a private endpoint only.')
param publicInbound bool

var isFlex = hosting == 'FlexConsumption'
var sku = {
  FlexConsumption: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  Premium: {
    name: 'EP1'
    tier: 'ElasticPremium'
  }
  Dedicated: {
    name: 'B1'
    tier: 'Basic'
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'asp-${name}'
  location: location
  tags: tags
  kind: hosting == 'Premium' ? 'elastic' : 'linux'
  sku: sku[hosting]
  properties: {
    reserved: true
    ...(hosting == 'Premium' ? { maximumElasticWorkerCount: maximumInstances } : {})
  }
}

resource site 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-${name}'
  location: location
  // azd finds the app by this tag.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: publicInbound ? 'Enabled' : 'Disabled'
    ...(empty(subnetId)
      ? {}
      : {
          virtualNetworkSubnetId: subnetId
          outboundVnetRouting: {
            allTraffic: true
          }
        })
    ...(isFlex
      ? {
          functionAppConfig: {
            deployment: {
              storage: {
                type: 'blobContainer'
                value: '${blobEndpoint}${packageContainer}'
                authentication: {
                  type: 'UserAssignedIdentity'
                  userAssignedIdentityResourceId: identityId
                }
              }
            }
            runtime: {
              name: 'node'
              version: nodeVersion
            }
            scaleAndConcurrency: {
              instanceMemoryMB: instanceMemoryMB
              maximumInstanceCount: maximumInstances
            }
          }
        }
      : {})
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ...(isFlex
        ? {}
        : {
            linuxFxVersion: 'NODE|${nodeVersion}'
            // Timers of a plan that is let sleep do not fire.
            alwaysOn: hosting == 'Dedicated'
          })
    }
  }

  // Deployment by password is off: azd, func and az sign in.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

@description('How the host and its extensions sign in. They take the credential and the client id by connection.')
var hostSettings = {
  AzureWebJobsStorage__blobServiceUri: blobEndpoint
  AzureWebJobsStorage__queueServiceUri: queueEndpoint
  AzureWebJobsStorage__tableServiceUri: tableEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  STATE_STORAGE__credential: 'managedidentity'
  STATE_STORAGE__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}

@description('Flex Consumption takes the runtime and the package from functionAppConfig, and refuses these.')
var classicSettings = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'node'
  WEBSITE_RUN_FROM_PACKAGE: empty(packageUri) ? '1' : packageUri
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: site
  name: 'appsettings'
  properties: {
    ...hostSettings
    ...(isFlex ? {} : classicSettings)
    ...settings
  }
}

resource package 'Microsoft.Web/sites/extensions@2024-11-01' = if (isFlex && !empty(packageUri)) {
  parent: site
  name: 'onedeploy'
  // The service takes them; its published type does not list them.
  #disable-next-line BCP187
  properties: {
    packageUri: packageUri
    remoteBuild: false
  }
  dependsOn: [
    appSettings
  ]
}

output id string = site.id
output name string = site.name
output hostName string = site.properties.defaultHostName
