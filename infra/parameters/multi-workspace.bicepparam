// Three Sentinel workspaces in three subscriptions of one tenant, and an identity that was there before.
using '../azuredeploy.bicep'

param sentinelWorkspaceResourceId = '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/law-sentinel'
param moreWorkspaces = [
  {
    name: 'emea'
    resourceId: '/subscriptions/00000000-0000-0000-0000-00000000000b/resourceGroups/rg-security-emea/providers/Microsoft.OperationalInsights/workspaces/law-sentinel-emea'
  }
  {
    name: 'apac'
    resourceId: '/subscriptions/00000000-0000-0000-0000-00000000000c/resourceGroups/rg-security-apac/providers/Microsoft.OperationalInsights/workspaces/law-sentinel-apac'
  }
]
param identityResourceId = '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-mfa-deny'
param detectionRules = 'explicit-mfa-deny'
