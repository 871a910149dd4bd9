import { incidentId } from "../../../detection/incidents/identity.ts";
import type { Rule } from "../../../detection/rules/rule.ts";
import { conditionOf } from "../../../detection/rules/ruleText.ts";
import type { Exporter } from "./exporter.ts";
import { severityStays } from "./lookBack.ts";
import { modelOfRows } from "./models.ts";
import { otherRefusal, refusalTexts } from "./refusalTexts.ts";

/** Exports a Sigma rule that says which rows count, and a correlation that counts them. */
export const sigma: Exporter = {
  id: "sigma",
  name: "Sigma",
  comment: "#",
  write: (rule) =>
    [
      `title: ${JSON.stringify(`${rule.name}: one denial`)}`,
      `id: ${incidentId(`export sigma denial ${rule.id}`)}`,
      "name: mfa_denial",
      "status: experimental",
      "description: A failed sign-in whose Status says that the user refused the MFA prompt.",
      `tags: ${tagsOf(rule)}`,
      "logsource:",
      "  product: azure",
      "  service: signinlogs",
      "detection:",
      "  denial:",
      "    ResultType: 500121",
      "    Status|contains:",
      ...refusalTexts(rule).map((part) => `      - ${JSON.stringify(part)}`),
      "  other:",
      `    Status|contains: ${otherRefusal}`,
      "  condition: denial and not other",
      "level: informational",
      "---",
      `title: ${JSON.stringify(rule.name)}`,
      `id: ${incidentId(`export sigma ${rule.id}`)}`,
      "status: experimental",
      `description: ${JSON.stringify(`Users with ${conditionOf(rule)}.`)}`,
      `tags: ${tagsOf(rule)}`,
      "correlation:",
      "  type: event_count",
      "  rules: [mfa_denial]",
      "  group-by: [UserId]",
      `  timespan: ${timespan(rule.windowMs)}`,
      "  condition:",
      `    gte: ${rule.threshold}`,
      `falsepositives: ${JSON.stringify([rule.knownFalsePositives || "Unknown"])}`,
      `level: ${rule.severity.toLowerCase()}`,
      "",
    ].join("\n"),
  // The converters of pySigma turn a timespan into fixed bins.
  model: (rule) => modelOfRows(rule, { kind: "fixed", ms: rule.windowMs }),
  leavesOut: (rule) => [
    "The converter decides whether the span slides: those of pySigma make fixed bins, and so does the model.",
    "It cannot look into the steps of a row, so it counts rows by their Status.",
    ...(rule.approvalRequired
      ? ["It does not require the approval that the rule requires."]
      : severityStays(rule)),
  ],
};

function tagsOf({ techniques }: Rule): string {
  return JSON.stringify([
    "attack.credential-access",
    ...techniques.map((id) => `attack.${id.toLowerCase()}`),
  ]);
}

function timespan(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${Math.ceil(ms / 1000)}s`;
}
