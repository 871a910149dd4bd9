import { conditionOf } from "../../../detection/rules/ruleText.ts";
import type { Rule } from "../../../detection/rules/rule.ts";
import { incidentId } from "../../../detection/incidents/identity.ts";
import { kqlString } from "../../../detection/incidents/kqlText.ts";
import type { Exporter } from "./exporter.ts";
import {
  frequency as usualFrequency,
  lateRowsAreLost,
  lookBackOf,
  minute,
  severityStays,
} from "./lookBack.ts";
import { modelOfPrompts } from "./models.ts";
import { approvalText, otherRefusal, refusalTexts } from "./refusalTexts.ts";

const hour = 60 * minute;

/** A rule that looks back two days or more can run at most once an hour. */
const longPeriod = 48 * hour;

/** Exports a scheduled analytics rule in YAML, the format of Sentinel's public repository. */
export const sentinel: Exporter = {
  id: "sentinel",
  name: "Microsoft Sentinel",
  comment: "#",
  write: (rule) => {
    const { period, frequency } = scheduleOf(rule);
    return [
      `id: ${incidentId(`export sentinel ${rule.id}`)}`,
      `name: ${JSON.stringify(rule.name)}`,
      `description: ${JSON.stringify(`Identifies users with ${conditionOf(rule)}.`)}`,
      `severity: ${rule.severity}`,
      "requiredDataConnectors:",
      "  - connectorId: AzureActiveDirectory",
      "    dataTypes: [SigninLogs]",
      `queryFrequency: ${frequency / minute}m`,
      `queryPeriod: ${period / minute}m`,
      "triggerOperator: gt",
      "triggerThreshold: 0",
      "tactics: [CredentialAccess]",
      `relevantTechniques: ${JSON.stringify(rule.techniques.map((id) => id.split(".")[0]))}`,
      "query: |",
      ...queryOf(rule).map((line) => `  ${line}`),
      "eventGroupingSettings:",
      "  aggregationKind: AlertPerResult",
      "entityMappings:",
      "  - entityType: Account",
      "    fieldMappings:",
      "      - identifier: AadUserId",
      "        columnName: UserId",
      "incidentConfiguration:",
      "  createIncident: true",
      "  groupingConfiguration:",
      "    enabled: true",
      "    reopenClosedIncident: false",
      "    lookbackDuration: 1d",
      "    matchingMethod: AllEntities",
      "version: 1.0.0",
      "kind: Scheduled",
      "",
    ].join("\n");
  },
  model: (rule) => {
    const { period, frequency } = scheduleOf(rule);
    return modelOfPrompts(rule, {
      lookBackMs: period - frequency,
      withinMs: rule.approvalWatchMs,
    });
  },
  leavesOut: (rule) => [
    lateRowsAreLost(scheduleOf(rule).period),
    "A burst that continues raises an alert in each run. The alerts share an incident for at most a day.",
    ...severityStays(rule),
  ],
};

function scheduleOf({ windowMs, approvalRequired, approvalWatchMs }: Rule) {
  const period = lookBackOf({ windowMs }, approvalRequired ? approvalWatchMs : 0);
  return { period, frequency: period < longPeriod ? usualFrequency : hour };
}

function queryOf(rule: Rule): readonly string[] {
  const { kind, threshold, windowMs, approvalRequired, approvalWatchMs } = rule;
  const { period, frequency } = scheduleOf(rule);
  const window = timespan(windowMs);
  const fired =
    kind === "tumbling"
      ? [
          `| summarize Denials = count(), FirstDenialAt = min(At), LastDenialAt = max(At), ArrivedAt = max(ArrivedAt) by AADTenantId, UserId, bin(At, ${window})`,
          `| where Denials >= ${threshold}`,
        ]
      : [
          "| sort by AADTenantId asc, UserId asc, At asc",
          ...(threshold === 1
            ? ["| extend FirstDenialAt = At, SameUser = true"]
            : [
                `| extend FirstDenialAt = prev(At, ${threshold - 1})`,
                `| extend SameUser = prev(UserId, ${threshold - 1}) == UserId and prev(AADTenantId, ${threshold - 1}) == AADTenantId`,
              ]),
          `| extend LastDenialAt = At, Denials = ${threshold}`,
          `| where SameUser and LastDenialAt - FirstDenialAt <= ${window}`,
        ];
  const approved = [
    "| join kind=inner (",
    "    Prompts",
    "    | where IsApproval",
    "    | project AADTenantId, UserId, ApprovedAt = At, ApprovalArrivedAt = ArrivedAt)",
    "    on AADTenantId, UserId",
    `| where ApprovedAt between (LastDenialAt .. LastDenialAt + ${timespan(approvalWatchMs)})`,
    "| extend ArrivedAt = max_of(ArrivedAt, ApprovalArrivedAt)",
  ];
  return [
    "let SaysDenial = (Text: string) {",
    `    (${refusalTexts(rule)
      .map((part) => `Text contains ${kqlString(part)}`)
      .join("\n        or ")})`,
    `    and Text !contains ${kqlString(otherRefusal)}`,
    "};",
    `let SaysApproval = (Text: string) { Text startswith ${kqlString(approvalText)} };`,
    "let Prompts = materialize (",
    "    SigninLogs",
    `    | where TimeGenerated >= ago(${timespan(period)})`,
    "    | extend UserId = tolower(UserId), Request = coalesce(OriginalRequestId, Id), ArrivedAt = ingestion_time()",
    "    | extend Steps = todynamic(AuthenticationDetails), Told = tostring(Status.additionalDetails)",
    // A row whose steps say nothing is judged by its Status.
    "    | extend Steps = iff(SaysDenial(AuthenticationDetails) or AuthenticationDetails contains " +
      `${kqlString(approvalText)}, Steps,`,
    '        pack_array(bag_pack("authenticationStepResultDetail", Told)))',
    "    | mv-expand Step = Steps",
    "    | extend Text = tostring(Step.authenticationStepResultDetail)",
    "    | extend IsDenial = SaysDenial(Text), IsApproval = SaysApproval(Text)",
    "    | where IsDenial or IsApproval",
    "    | extend At = coalesce(todatetime(Step.authenticationStepDateTime), CreatedDateTime)",
    // A prompt that several rows show counts once.
    "    | summarize ArrivedAt = min(ArrivedAt) by AADTenantId, UserId, Request, At, IsDenial, IsApproval);",
    "Prompts",
    "| where IsDenial",
    ...fired,
    ...(approvalRequired ? approved : []),
    // Prompts that an earlier run saw raise no alert.
    `| where ArrivedAt > ago(${timespan(frequency)})`,
    "| summarize Denials = max(Denials), FirstDenialAt = min(FirstDenialAt), LastDenialAt = max(LastDenialAt)",
    "    by AADTenantId, UserId",
  ];
}

function timespan(ms: number): string {
  return ms % minute === 0 ? `${ms / minute}m` : `${ms / 1000}s`;
}
