// A virtual network for the app and, in it, private endpoints: the storage account answers nobody else.
import { Hosting, Tags } from '../types.bicep'

metadata description = 'Virtual network, private endpoints and their DNS zones.'

param name string
param location string
param tags Tags
param hosting Hosting
@description('Room for two subnets.')
param addressPrefix string
param storageAccountId string

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          delegations: [
            {
              name: 'functions'
              properties: {
                serviceName: hosting == 'FlexConsumption' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }

  resource app 'subnets' existing = {
    name: 'app'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

module storage 'privateEndpoint.bicep' = [
  for service in [
    'blob'
    'queue'
    'table'
  ]: {
    name: 'private-${service}'
    params: {
      name: '${name}-${service}'
      location: location
      tags: tags
      networkId: network.id
      subnetId: network::endpoints.id
      targetId: storageAccountId
      groupId: service
      zoneName: 'privatelink.${service}.${environment().suffixes.storage}'
    }
  }
]

output id string = network.id
output appSubnetId string = network::app.id
output endpointsSubnetId string = network::endpoints.id
