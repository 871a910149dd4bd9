import type { Rule } from "../../../detection/rules/rule.ts";
import type { Exporter } from "./exporter.ts";
import { frequency, lateRowsAreLost, lookBackOf, minute, severityStays } from "./lookBack.ts";
import { modelOfPrompts } from "./models.ts";
import { approvalText, otherRefusal, refusalTexts } from "./refusalTexts.ts";

/** Exports a stanza of savedsearches.conf, for the data of Splunk's add-on for Microsoft Cloud Services. */
export const splunk: Exporter = {
  id: "splunk",
  name: "Splunk",
  comment: "#",
  write: (rule) =>
    [
      `[${rule.name.replaceAll(/[[\]\r\n]/g, " ")}]`,
      "enableSched = 1",
      "cron_schedule = */5 * * * *",
      // Events have the time of the record. Late ones are found by the time of their arrival.
      `dispatch.earliest_time = -${lookBackOf(rule) / minute}m`,
      "dispatch.latest_time = now",
      "counttype = number of events",
      "relation = greater than",
      "quantity = 0",
      `alert.severity = ${{ Informational: 2, Low: 3, Medium: 4, High: 5 }[rule.severity]}`,
      "alert.suppress = 1",
      "alert.suppress.fields = user",
      `alert.suppress.period = ${Math.ceil(rule.windowMs / minute)}m`,
      `search = ${searchOf(rule).join(" \\\n  ")}`,
      "",
    ].join("\n"),
  model: (rule) => modelOfPrompts(rule, { lookBackMs: lookBackOf(rule) - frequency }),
  leavesOut: (rule) => [
    lateRowsAreLost(lookBackOf(rule)),
    "After an alert on a user, the next is suppressed for the length of the window: it does not report later denials.",
    ...severityStays(rule),
    "Replace `index=*` with the index of your sign-in logs.",
  ],
};

function searchOf(rule: Rule): readonly string[] {
  const { kind, threshold, windowMs, approvalRequired } = rule;
  const seconds = `${Math.ceil(windowMs / 1000)}s`;
  const denied = `match(text, "${refusalTexts(rule).map(escaped).join("|")}") AND NOT match(text, "${otherRefusal}")`;
  const fired =
    kind === "tumbling"
      ? [
          `| bin span=${seconds} _time AS bin`,
          '| stats count(eval(outcome="denied")) AS denials min(_time) AS first max(_time) AS last BY tenant user bin',
          `| where denials>=${threshold}`,
        ]
      : [
          "| sort 0 _time",
          `| streamstats time_window=${seconds} count(eval(outcome="denied")) AS denials min(_time) AS first BY tenant user`,
          `| where denials>=${threshold} AND outcome="${approvalRequired ? "approved" : "denied"}"`,
          "| stats max(denials) AS denials min(first) AS first max(_time) AS last BY tenant user",
        ];
  return [
    'index=* sourcetype="azure:monitor:aad" category=SignInLogs',
    "| spath path=properties.authenticationDetails{} output=steps",
    `| eval told=mvfilter(match(lower(steps), "${[...refusalTexts(rule), approvalText].map(escaped).join("|")}"))`,
    "| mvexpand told",
    "| eval text=lower(coalesce(spath(told, \"authenticationStepResultDetail\"), 'properties.status.additionalDetails'))",
    `| eval outcome=case(${denied}, "denied", match(text, "^${approvalText}"), "approved")`,
    "| where isnotnull(outcome)",
    "| eval tenant='tenantId', user=lower('properties.userId')",
    "| eval request=coalesce('properties.originalRequestId', 'properties.id')",
    '| eval at=strptime(substr(spath(told, "authenticationStepDateTime"), 1, 19)." UTC", "%Y-%m-%dT%H:%M:%S %Z")',
    "| eval _time=coalesce(at, _time)",
    "| dedup tenant user request _time outcome",
    ...fired,
  ];
}

function escaped(part: string): string {
  return part.replaceAll(/["\\().']/g, ".");
}
