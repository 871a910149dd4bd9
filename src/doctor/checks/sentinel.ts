import type { Check } from "../check.ts";
import { fault, ok, warning, type Outcome } from "../line.ts";
import { listOf } from "../management.ts";
import { allows, type Permission } from "../permission.ts";

const responder =
  'az role assignment create --assignee IDENTITY --role "Microsoft Sentinel Responder" --scope WORKSPACE_ID';

export const onboardingCheck: Check = {
  id: "sentinel-onboarded",
  scope: "workspace",
  needs: ["tokens"],
  cure: responder,
  async run(probe, { resourceId }) {
    const path = `${resourceId}/providers/Microsoft.SecurityInsights/onboardingStates/default`;
    const { status } = await probe.manage(path, "2025-09-01");
    return [onboardingOutcome(status)];
  },
};

function onboardingOutcome(status: number): Outcome {
  switch (status) {
    case 200:
      return ok("Microsoft Sentinel is switched on for the workspace");
    case 403:
      return fault("this identity may not read Microsoft Sentinel (403)", responder);
    case 404:
      return fault(
        "Microsoft Sentinel is not switched on for the workspace, or SENTINEL_WORKSPACE_RESOURCE_ID names no workspace",
        "az sentinel onboarding-state create --name default --resource-group GROUP --workspace-name WORKSPACE " +
          "--customer-managed-key false",
      );
    default:
      return fault(`Azure Resource Manager answered ${status}`, responder);
  }
}

/** The actions of the sink `sentinel`. They are checked without writing anything. */
const needed = [
  "Microsoft.SecurityInsights/incidents/read",
  "Microsoft.SecurityInsights/incidents/write",
  "Microsoft.SecurityInsights/incidents/comments/read",
  "Microsoft.SecurityInsights/incidents/comments/write",
  "Microsoft.SecurityInsights/incidents/tasks/read",
  "Microsoft.SecurityInsights/incidents/tasks/write",
] as const;

export const incidentPermissionCheck: Check = {
  id: "incident-permissions",
  scope: "workspace",
  needs: ["sentinel-onboarded"],
  cure: responder,
  async run(probe, { resourceId, sinks = probe.settings.sinks }) {
    if (!sinks.includes("sentinel")) {
      return [ok("not needed: the sink sentinel is not used")];
    }
    const path = `${resourceId}/providers/Microsoft.Authorization/permissions`;
    const { status, body } = await probe.manage(path, "2022-04-01");
    if (status !== 200) {
      return [
        warning(
          `the permissions of this identity cannot be read (${status})`,
          "Compare its role assignments: az role assignment list --assignee IDENTITY --scope WORKSPACE_ID",
        ),
      ];
    }
    const permissions = listOf(body).map(toPermission);
    const missing = needed.filter((action) => !allows(permissions, action));
    return [
      missing.length === 0
        ? ok("incidents, comments and tasks may be read and written")
        : fault(`this identity may not: ${missing.join(", ")}`, responder),
    ];
  },
};

function toPermission(fields: Readonly<Record<string, unknown>>): Permission {
  const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return { actions: texts(fields["actions"]), notActions: texts(fields["notActions"]) };
}
