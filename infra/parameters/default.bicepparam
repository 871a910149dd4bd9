// The least that has to be given.
using '../azuredeploy.bicep'

param sentinelWorkspaceResourceId = '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/law-sentinel'
