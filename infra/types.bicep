// Types that several files share.

@export()
type Tags = {
  *: string
}

@export()
@description('App settings by name.')
type Settings = {
  *: string
}

@export()
@description('A Sentinel workspace beside the first one.')
@sealed()
type MoreWorkspace = {
  @description('What logs, health and backfills call it: letters, digits, dots, hyphens, underscores.')
  @minLength(1)
  @maxLength(64)
  name: string

  @description('Resource id: /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…')
  @minLength(110)
  resourceId: string
}

@export()
@description('A workspace as the setting WORKSPACES lists it.')
type WorkspaceEntry = {
  name: string
  workspaceId: string
  resourceId: string
}

@export()
@description('How the app is hosted.')
type Hosting = 'FlexConsumption' | 'Premium' | 'Dedicated'
