// Alerts that are queries over one workspace, and whom they notify. Deployed beside that workspace.
import { Tags } from '../types.bicep'

metadata description = 'Scheduled query rules over one workspace, with an action group of their own.'

@description('One alert. Without a measure the rows of the answer are counted.')
type Alert = {
  name: string
  title: string
  description: string
  query: string
  @description('0 is critical, 4 is verbose.')
  severity: 0 | 1 | 2 | 3 | 4
  frequency: string
  window: string
  operator: 'GreaterThan' | 'GreaterThanOrEqual' | 'LessThan'
  threshold: int
  measure: string?
  dimension: string?
  @description('The table may not be there yet.')
  unchecked: bool?
}

param name string
@description('Region of the workspace.')
param location string
param tags Tags
@description('Resource id of the workspace that the queries read.')
param workspaceId string
@description('Empty: nobody is notified.')
param email string
param alerts Alert[]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'mfa-deny'
    emailReceivers: empty(email)
      ? []
      : [
          {
            name: 'mail'
            emailAddress: email
            useCommonAlertSchema: true
          }
        ]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in alerts: {
    name: '${name}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'MFA denial detector: ${alert.title}'
      description: alert.description
      severity: alert.severity
      enabled: true
      autoMitigate: true
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      scopes: [
        workspaceId
      ]
      skipQueryValidation: alert.?unchecked ?? false
      criteria: {
        allOf: [
          {
            query: alert.query
            operator: alert.operator
            threshold: alert.threshold
            timeAggregation: alert.?measure == null ? 'Count' : 'Maximum'
            ...(alert.?measure == null ? {} : { metricMeasureColumn: alert.?measure })
            dimensions: alert.?dimension == null
              ? []
              : [
                  {
                    name: alert.?dimension ?? ''
                    operator: 'Include'
                    values: [
                      '*'
                    ]
                  }
                ]
            failingPeriods: {
              minFailingPeriodsToAlert: 1
              numberOfEvaluationPeriods: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [
          people.id
        ]
      }
    }
  }
]
