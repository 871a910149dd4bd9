import type { Check } from "../check.ts";
import { ok, warning } from "../line.ts";

/** Tables that answer an analyst's questions about a finding, and what is unknown without each. */
const optionalTables = {
  AADNonInteractiveUserSignInLogs: "sign-ins after the attack without a prompt",
  AuditLogs: "fraud reports, new security info, roles and consent",
  OfficeActivity: "inbox rules and forwarding",
  AADUserRiskEvents: "risk detections",
} as const;

export const contextTablesCheck: Check = {
  id: "context-tables",
  scope: "workspace",
  needs: ["signin-logs"],
  cure: 'az role assignment create --assignee IDENTITY --role "Microsoft Sentinel Responder" --scope WORKSPACE_ID',
  async run(probe, workspace) {
    const missing: string[] = [];
    for (const [table, use] of Object.entries(optionalTables)) {
      const answer = await probe.query(workspace, `${table} | take 0`);
      if (answer.kind === "refused") {
        missing.push(`${table} (${use})`);
      }
    }
    return [
      missing.length === 0
        ? ok(`context can be read from ${Object.keys(optionalTables).join(", ")}`)
        : warning(
            `not connected: ${missing.join("; ")}. Incidents say so`,
            "Microsoft Sentinel → Content hub → Microsoft Entra ID and Microsoft 365: connect these data types.",
          ),
    ];
  },
};
