import { isFields } from "../../detection/signin/fields.ts";
import type { Check } from "../check.ts";
import { fault, ok, warning, type Outcome } from "../line.ts";
import { tableOf } from "../findingsTable.ts";
import { listOf, propertiesOf } from "../management.ts";
import type { Probe } from "../probe.ts";

const deploy =
  "Deploy the findings table as docs/defender.md says, or set INCIDENT_SINKS=sentinel.";

const unused = [ok("not needed: INCIDENT_SINKS does not name logs")];

export const findingsTableCheck: Check = {
  id: "findings-table",
  scope: "workspace",
  needs: ["signin-logs"],
  cure: deploy,
  async run(probe, workspace) {
    if (probe.settings.findingsTable === null) {
      return unused;
    }
    const table = tableOf(probe.settings.findingsTable);
    const answer = await probe.query(workspace, `${table} | take 0`);
    return [
      answer.kind === "rows"
        ? ok(`the workspace has ${table}`)
        : fault(`the workspace has no table ${table}`, deploy),
    ];
  },
};

export const collectionRuleCheck: Check = {
  id: "data-collection-rule",
  scope: "workspace",
  needs: ["tokens"],
  cure: deploy,
  async run(probe, { resourceId }) {
    const { findingsTable } = probe.settings;
    if (findingsTable === null) {
      return unused;
    }
    const subscription = resourceId.split("/").slice(0, 3).join("/");
    const path = `${subscription}/providers/Microsoft.Insights/dataCollectionRules`;
    const found = await everyResource(probe, path, "2024-03-11");
    if (typeof found === "number") {
      return [cannotSee("the data collection rules", found)];
    }
    const rule = found
      .map(propertiesOf)
      .find(({ immutableId }) => immutableId === findingsTable.ruleId);
    if (rule === undefined) {
      return [
        warning(
          `the workspace's subscription shows no data collection rule ${findingsTable.ruleId}`,
          'az monitor data-collection rule list --query "[].{name:name,id:immutableId}" and set FINDINGS_DCR_ID.',
        ),
      ];
    }
    const streams = Object.keys(rule["streamDeclarations"] ?? {});
    return [
      streams.includes(findingsTable.stream)
        ? ok(`the data collection rule declares ${findingsTable.stream}`)
        : fault(
            `the data collection rule declares ${streams.join(", ") || "no stream"}, not ${findingsTable.stream}`,
            "Set FINDINGS_STREAM to a stream of the rule, or deploy the rule again (docs/defender.md).",
          ),
    ];
  },
};

export const analyticsRuleCheck: Check = {
  id: "analytics-rule",
  scope: "workspace",
  needs: ["sentinel-onboarded", "findings-table"],
  cure: deploy,
  async run(probe, { resourceId }) {
    if (probe.settings.findingsTable === null) {
      return unused;
    }
    const path = `${resourceId}/providers/Microsoft.SecurityInsights/alertRules`;
    const found = await everyResource(probe, path, "2025-09-01");
    if (typeof found === "number") {
      return [cannotSee("the analytics rules", found)];
    }
    const table = tableOf(probe.settings.findingsTable);
    const rules = found
      .map(propertiesOf)
      .filter(({ query }) => typeof query === "string" && query.includes(table));
    if (rules.length === 0) {
      return [
        fault(
          `no analytics rule reads ${table}: findings are stored, and nobody is alerted`,
          deploy,
        ),
      ];
    }
    return [
      rules.some(({ enabled }) => enabled === true)
        ? ok(`an analytics rule reads ${table} and is enabled`)
        : fault(
            `the analytics rule that reads ${table} is disabled`,
            "Microsoft Sentinel → Analytics → Active rules: enable it.",
          ),
    ];
  },
};

/** Returns all pages of a list, or the status of the first page that the service refused. */
async function everyResource(
  probe: Probe,
  path: string,
  apiVersion: string,
): Promise<readonly unknown[] | number> {
  const found: unknown[] = [];
  let next: string | null = path;
  for (let page = 0; next !== null && page < 50; page++) {
    const { status, body } = await probe.manage(next, apiVersion);
    if (status !== 200) {
      return status;
    }
    found.push(...listOf(body));
    const link = isFields(body) ? body["nextLink"] : undefined;
    next = typeof link === "string" && URL.canParse(link) ? pathOf(new URL(link)) : null;
  }
  return found;
}

/** Includes the query, which says where the next page begins. */
function pathOf({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}

function cannotSee(what: string, status: number): Outcome {
  return warning(
    `${what} cannot be read by this identity (${status})`,
    "Run the doctor as somebody with Reader on the workspace's group.",
  );
}
