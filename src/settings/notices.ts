import type { Settings } from "./settings.ts";

/** Returns warnings about settings that are valid but may not be intended. */
export function noticesOn(
  settings: Pick<Settings, "sinks" | "dryRun" | "stateStorage" | "clientId" | "queueClientId">,
): readonly string[] {
  return [...aboutDefender(settings), ...aboutQueue(settings)];
}

function aboutDefender({ sinks, dryRun }: Pick<Settings, "sinks" | "dryRun">): readonly string[] {
  return sinks.includes("logs") || dryRun
    ? []
    : [
        "The Defender portal shows nothing of this app: INCIDENT_SINKS is sentinel alone, and incidents made through the API of Sentinel do not appear there. Sentinel in the Azure portal ends on 31 March 2027. Set FINDINGS_ENDPOINT and FINDINGS_DCR_ID to write to both; docs/defender.md says how.",
      ];
}

/** The Functions host connects the queue trigger with its own settings. */
function aboutQueue({
  stateStorage,
  clientId,
  queueClientId,
}: Pick<Settings, "stateStorage" | "clientId" | "queueClientId">): readonly string[] {
  return "connectionString" in stateStorage || clientId === queueClientId
    ? []
    : [
        "AZURE_CLIENT_ID and STATE_STORAGE__clientId differ, so the queue of backfills is read with another identity than the state: set STATE_STORAGE__credential=managedidentity and STATE_STORAGE__clientId to the same client id.",
      ];
}
