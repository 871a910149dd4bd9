import { incidentId } from "../../../detection/incidents/identity.ts";
import type { Rule } from "../../../detection/rules/rule.ts";
import { conditionOf } from "../../../detection/rules/ruleText.ts";
import type { Exporter } from "./exporter.ts";
import { frequency, lateRowsAreLost, lookBackOf, minute, severityStays } from "./lookBack.ts";
import { modelOfRows, successOf } from "./models.ts";
import { approvalText, otherRefusal, refusalTexts, saysApproval } from "./refusalTexts.ts";

const status = "azure.signinlogs.properties.status.additional_details";
const steps =
  "azure.signinlogs.properties.authentication_details.authentication_step_result_detail";

/** Exports an EQL rule in TOML, the format of Elastic's public repository. */
export const elastic: Exporter = {
  id: "elastic",
  name: "Elastic",
  comment: "#",
  write: (rule) =>
    [
      "[rule]",
      `rule_id = "${incidentId(`export elastic ${rule.id}`)}"`,
      `name = ${JSON.stringify(rule.name)}`,
      `description = ${JSON.stringify(`Identifies users with ${conditionOf(rule)}.`)}`,
      'index = ["logs-azure.signinlogs-*", "filebeat-*"]',
      'type = "eql"',
      'language = "eql"',
      `severity = "${rule.severity === "Informational" ? "low" : rule.severity.toLowerCase()}"`,
      `risk_score = ${rule.riskScore ?? { Informational: 10, Low: 21, Medium: 47, High: 73 }[rule.severity]}`,
      `interval = "${frequency / minute}m"`,
      `from = "now-${lookBackOf(rule) / minute}m"`,
      "query = '''",
      ...queryOf(rule),
      "'''",
      "",
    ].join("\n"),
  model: (rule) => ({
    ...modelOfRows(rule, {
      kind: "sequence",
      ms: rule.windowMs,
      lookBackMs: lookBackOf(rule) - frequency,
    }),
    ...successOf(rule, {
      is: ({ resultType, steps: texts }) => resultType === "0" && texts.some(saysApproval),
    }),
  }),
  leavesOut: (rule) => [
    lateRowsAreLost(lookBackOf(rule)),
    "EQL cannot look into the steps of a row, so it counts rows by their Status.",
    ...(rule.kind === "tumbling" ? ["EQL has no fixed windows, so its window slides."] : []),
    ...severityStays(rule),
  ],
};

function queryOf(rule: Rule): readonly string[] {
  const { threshold, windowMs, approvalRequired } = rule;
  const parts = refusalTexts(rule)
    .map((part) => JSON.stringify(`*${part}*`))
    .join(", ");
  const denial = [
    'authentication where event.dataset == "azure.signinlogs" and',
    "  azure.signinlogs.properties.status.error_code == 500121 and",
    `  ${status} like~ (${parts}) and`,
    `  not ${status} like~ "*${otherRefusal}*"`,
  ];
  if (threshold === 1 && !approvalRequired) {
    // A sequence has at least two events.
    return denial;
  }
  const span = windowMs % 1000 === 0 ? `${windowMs / 1000}s` : `${windowMs}ms`;
  const approval = [
    'authentication where event.dataset == "azure.signinlogs" and',
    "  azure.signinlogs.properties.status.error_code == 0 and",
    `  ${steps} like~ "${approvalText}*"`,
  ];
  return [
    `sequence by azure.signinlogs.properties.user_id with maxspan=${span}`,
    ...bracketed(denial, threshold > 1 ? ` with runs=${threshold}` : ""),
    ...(approvalRequired ? bracketed(approval) : []),
  ];
}

function bracketed(lines: readonly string[], after = ""): readonly string[] {
  return `[${lines.join("\n")}]${after}`.split("\n").map((line) => `  ${line}`);
}
