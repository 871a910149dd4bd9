import { isFields, type Fields } from "../../detection/signin/fields.ts";
import type { Check } from "../check.ts";
import { fault, ok, warning, type Outcome } from "../line.ts";
import { tableOf } from "../findingsTable.ts";
import { listOf, propertiesOf } from "../management.ts";
import type { Probe } from "../probe.ts";

const deploy =
  "Deploy the findings table as docs/defender.md says, or set INCIDENT_SINKS=sentinel.";

const unused = [ok("not needed: INCIDENT_SINKS does not name logs")];

type FindingsTable = NonNullable<Probe["settings"]["findingsTable"]>;

/** Makes a check that passes without a findings table. All workspaces share one rule and one table. */
function findingsCheck(
  id: string,
  needs: Check["needs"],
  run: (probe: Probe, findingsTable: FindingsTable) => Promise<readonly Outcome[]>,
): Check {
  return {
    id,
    scope: "app",
    needs,
    cure: deploy,
    async run(probe) {
      const { findingsTable } = probe.settings;
      return findingsTable === null ? unused : run(probe, findingsTable);
    },
  };
}

export const collectionRuleCheck = findingsCheck(
  "data-collection-rule",
  ["tokens"],
  async (probe, findingsTable) => {
    const { workspaces } = probe.settings;
    const subscriptions = workspaces.map(({ resourceId }) =>
      resourceId.split("/").slice(0, 3).join("/"),
    );
    const paths = [...new Set(subscriptions)].map(
      (subscription) => `${subscription}/providers/Microsoft.Insights/dataCollectionRules`,
    );
    const { found, refused } = await everyResource(probe, paths, "2024-03-11");
    const rule = found.find(({ immutableId }) => immutableId === findingsTable.ruleId);
    if (rule === undefined) {
      return [
        refused === null
          ? warning(
              `the workspaces' subscriptions show no data collection rule ${findingsTable.ruleId}`,
              'az monitor data-collection rule list --query "[].{name:name,id:immutableId}" and set FINDINGS_DCR_ID.',
            )
          : cannotSee("the data collection rules", refused),
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
);

export const findingsTableCheck = findingsCheck(
  "findings-table",
  ["signin-logs", "data-collection-rule"],
  async (probe, findingsTable) => {
    const table = tableOf(findingsTable);
    for (const workspace of probe.settings.workspaces) {
      // That a workspace cannot be queried is told by `signin-logs`.
      const answer = await probe.query(workspace, `${table} | take 0`).catch(() => null);
      if (answer?.kind === "rows") {
        return [ok(`the workspace ${workspace.name} has ${table}`)];
      }
    }
    return [fault(`no workspace has a table ${table}`, deploy)];
  },
);

export const analyticsRuleCheck = findingsCheck(
  "analytics-rule",
  ["sentinel-onboarded", "findings-table"],
  async (probe, findingsTable) => {
    const paths = probe.settings.workspaces.map(
      ({ resourceId }) => `${resourceId}/providers/Microsoft.SecurityInsights/alertRules`,
    );
    const { found, refused } = await everyResource(probe, paths, "2025-09-01");
    const table = tableOf(findingsTable);
    const rules = found.filter(({ query }) => typeof query === "string" && query.includes(table));
    if (rules.length === 0) {
      return [
        refused === null
          ? fault(
              `no analytics rule reads ${table}: findings are stored, and nobody is alerted`,
              deploy,
            )
          : cannotSee("the analytics rules", refused),
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
);

interface Resources {
  /** Their properties. */
  readonly found: readonly Fields[];
  /** The status of a list that the service refused; null if it refused none. */
  readonly refused: number | null;
}

/** Returns what several lists hold, with all of their pages. */
async function everyResource(
  probe: Probe,
  paths: readonly string[],
  apiVersion: string,
): Promise<Resources> {
  const found: Fields[] = [];
  let refused: number | null = null;
  for (const path of paths) {
    let next: string | null = path;
    for (let page = 0; next !== null && page < 50; page++) {
      const { status, body } = await probe.manage(next, apiVersion);
      if (status !== 200) {
        refused = status;
        break;
      }
      found.push(...listOf(body).map(propertiesOf));
      const link = isFields(body) ? body["nextLink"] : undefined;
      next = typeof link === "string" && URL.canParse(link) ? pathOf(new URL(link)) : null;
    }
  }
  return { found, refused };
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
