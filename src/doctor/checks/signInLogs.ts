import { candidateColumns, logSeen, servedAt } from "../../logs/azure/columns.ts";
import type { Check } from "../check.ts";
import { fault, ok, warning, type Outcome } from "../line.ts";
import { propertiesOf } from "../management.ts";

const diagnosticSetting =
  "Microsoft Entra admin center → Monitoring & health → Diagnostic settings → Add: SignInLogs → Send to " +
  "Log Analytics workspace (needs Entra ID P1).";

const reader =
  'az role assignment create --assignee IDENTITY --role "Microsoft Sentinel Responder" --scope WORKSPACE_ID';

/** Checks that the workspace answers queries and has the table. */
export const signInLogsCheck: Check = {
  id: "signin-logs",
  scope: "workspace",
  needs: ["tokens"],
  cure: `${reader}; and compare LOG_ANALYTICS_WORKSPACE_ID with the workspace's overview page.`,
  async run(probe, workspace) {
    const answer = await probe.query(workspace, "SigninLogs | take 0 | project TimeGenerated");
    return [
      answer.kind === "rows"
        ? ok("the workspace answers queries and has SigninLogs")
        : fault(`the workspace has no SigninLogs table (${answer.code})`, diagnosticSetting),
    ];
  },
};

const plans: Readonly<Record<string, Outcome>> = {
  Analytics: ok("SigninLogs is on the Analytics plan"),
};

export const planCheck: Check = {
  id: "signin-logs-plan",
  scope: "workspace",
  needs: ["signin-logs"],
  cure: reader,
  async run(probe, { resourceId }) {
    const { status, body } = await probe.manage(`${resourceId}/tables/SigninLogs`, "2025-02-01");
    if (status !== 200) {
      return [
        warning(
          `the plan of SigninLogs cannot be read (${status})`,
          "Reader on the workspace shows it: az monitor log-analytics workspace table show --name SigninLogs",
        ),
      ];
    }
    const plan = String(propertiesOf(body)["plan"]);
    return [
      plans[plan] ??
        fault(
          `SigninLogs is on the plan ${plan}, which the query API cannot read`,
          "az monitor log-analytics workspace table update --resource-group GROUP --workspace-name WORKSPACE " +
            "--name SigninLogs --plan Analytics",
        ),
    ];
  },
};

export const columnsCheck: Check = {
  id: "signin-logs-columns",
  scope: "workspace",
  needs: ["signin-logs"],
  cure: reader,
  async run(probe, workspace) {
    const query = "SigninLogs | getschema | project ColumnName, ColumnType";
    const answer = await probe.query(workspace, query);
    if (answer.kind === "refused") {
      return [fault(`the columns of SigninLogs cannot be read: ${answer.message}`, reader)];
    }
    const found = new Map(
      answer.rows.map((row) => [String(row["ColumnName"]), String(row["ColumnType"])]),
    );
    const wrong = Object.entries(candidateColumns)
      .filter(
        ([name, type]) =>
          name !== servedAt && !Object.hasOwn(logSeen, name) && found.get(name) !== type,
      )
      .map(([name, type]) => `${name} (${found.get(name) ?? "missing"}, needed: ${type})`);
    return [
      wrong.length === 0
        ? ok(`SigninLogs has the ${Object.keys(candidateColumns).length - 1} columns that are read`)
        : fault(
            `SigninLogs lacks columns: ${wrong.join(", ")}`,
            "A workspace transformation may drop them: look at the workspace's data collection rules " +
              "(az monitor data-collection rule list) for one with Microsoft-Table-SigninLogs.",
          ),
    ];
  },
};
