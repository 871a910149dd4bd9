// Storage, health and backfill answer only from a network of their own.
using '../azuredeploy.bicep'

param sentinelWorkspaceResourceId = '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/law-sentinel'
param privateNetwork = true
param publicInbound = false
param networkAddressPrefix = '10.42.8.0/24'
param alertEmail = 'soc@contoso.com'
