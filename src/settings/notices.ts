import type { Settings } from "./settings.ts";

/** What an operator should know of settings that are right and yet may not be what was meant. */
export function noticesOn({
  sinks,
  dryRun,
}: Pick<Settings, "sinks" | "dryRun">): readonly string[] {
  return sinks.includes("logs") || dryRun
    ? []
    : [
        "INCIDENT_SINKS is sentinel alone: incidents made through the API of Sentinel do not appear in the Defender portal, and Sentinel in the Azure portal ends on 31 March 2027. INCIDENT_SINKS=sentinel,logs writes to both; docs/defender.md says how.",
      ];
}
