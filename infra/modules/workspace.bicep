// Deployed into the resource group of each Sentinel workspace, which may be in another subscription of the tenant.
import { WorkspaceEntry } from '../types.bicep'

metadata description = 'Rights of the app on one Sentinel workspace, and what its settings say about it.'

@description('Name of the Log Analytics workspace.')
param workspaceName string
@description('What the app calls it in logs, health and backfills.')
param alias string
@description('Object id of the identity of the app.')
param principalId string
@description('Resource id of the identity: part of the name of its role assignment.')
param identityId string
@description('True: a role with exactly the actions that the app uses. False: Microsoft Sentinel Responder.')
param leastPrivilege bool

var sentinelResponder = '3e150937-b8fe-4cfb-8069-0eaf05ecd056'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource customRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (leastPrivilege) {
  name: guid(resourceGroup().id, identityId, 'mfa-deny-detector')
  properties: {
    // Names of roles are unique in a tenant.
    roleName: 'MFA denial detector (${uniqueString(resourceGroup().id, identityId)})'
    description: 'Queries the workspace, and reads and writes Sentinel incidents with their comments and tasks.'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id
    ]
    permissions: [
      {
        actions: loadJsonContent('../leastPrivilegeRole.json')
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
  }
}

var roleId = leastPrivilege
  ? customRole.id
  : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sentinelResponder)

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: workspace
  name: guid(workspace.id, identityId, leastPrivilege ? 'least privilege' : sentinelResponder)
  properties: {
    description: leastPrivilege
      ? 'mfa-deny-detector: exactly what it uses'
      : 'mfa-deny-detector: Microsoft Sentinel Responder'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleId
  }
}

output entry WorkspaceEntry = {
  name: alias
  workspaceId: workspace.properties.customerId
  resourceId: workspace.id
}
output location string = workspace.location
