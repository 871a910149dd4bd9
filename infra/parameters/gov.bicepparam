// Azure Government: no Flex Consumption, so a plan that runs the package from its address.
using '../azuredeploy.bicep'

param sentinelWorkspaceResourceId = '/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/law-sentinel'
param location = 'usgovvirginia'
param hosting = 'Premium'
param nodeVersion = '22'
param alertEmail = 'soc@contoso.com'
