// A custom role instead of Microsoft Sentinel Responder, one sink, and a first week that opens nothing.
using '../azuredeploy.bicep'

param sentinelWorkspaceResourceId = '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/law-sentinel'
param leastPrivilege = true
param incidentSinks = 'sentinel'
param dryRun = true
param settings = {
  INGESTION_SAFETY: 'PT5M'
}
