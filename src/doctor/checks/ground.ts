import type { Check } from "../check.ts";
import { inWords } from "../duration.ts";
import { fault, ok, warning, type Outcome } from "../line.ts";
import type { Probe } from "../probe.ts";

/**
 * Services accept tokens within a few minutes of their own time. The watermark has the same margin. In
 * milliseconds.
 */
const clockToleranceMs = 60_000;

/** Tests each audience, because a missing federation or a wrong cloud affects only some of them. */
export const tokensCheck: Check = {
  id: "tokens",
  scope: "app",
  needs: [],
  cure:
    "Assign the managed identity: az functionapp identity assign --name APP --resource-group GROUP; " +
    "for a user-assigned one set AZURE_CLIENT_ID. On your own machine: az login.",
  async run(probe) {
    const failed: string[] = [];
    const audiences = audiencesOf(probe);
    for (const [service, audience] of audiences) {
      try {
        await probe.token(audience);
      } catch (error) {
        failed.push(`${service}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return failed.length === 0
      ? [ok(`tokens for ${audiences.map(([service]) => service).join(", ")}`)]
      : [fault(`no token for ${failed.join("; ")}`, tokensCheck.cure)];
  },
};

function audiencesOf({
  settings,
}: Probe): readonly (readonly [service: string, audience: string])[] {
  const { cloud, stateStorage, findingsTable } = settings;
  return [
    ["Log Analytics", cloud.logAnalytics.audience],
    ["Azure Resource Manager", cloud.resourceManager.audience],
    ...("connectionString" in stateStorage
      ? []
      : [["Azure Storage", "https://storage.azure.com"] as const]),
    ...(findingsTable === null ? [] : [["Logs Ingestion", cloud.logsIngestion.audience] as const]),
  ];
}

export const clockCheck: Check = {
  id: "clock",
  scope: "app",
  needs: ["tokens"],
  cure:
    "Azure Resource Manager did not answer: check AZURE_CLOUD, AZURE_RESOURCE_MANAGER_ENDPOINT and the " +
    "network between here and Azure.",
  async run(probe) {
    const askedAt = probe.now();
    const { servedAt } = await probe.manage("/subscriptions", "2022-12-01");
    if (servedAt === null) {
      return [ok("Azure Resource Manager answers, without its time")];
    }
    // The header has whole seconds, and the request took some time.
    const offMs = Math.max(servedAt - probe.now(), askedAt - servedAt - 1000, 0);
    return offMs <= clockToleranceMs
      ? [ok("this clock and Azure's agree")]
      : [
          warning(
            `this clock is ${inWords(offMs)} off Azure's; tokens may be refused`,
            "Synchronise this machine's clock (timedatectl set-ntp true; w32tm /resync).",
          ),
        ];
  },
};

export const pilotCheck: Check = {
  id: "pilot",
  scope: "app",
  needs: [],
  cure: "",
  run({ settings }) {
    return Promise.resolve([
      settings.dryRun
        ? warning(
            "DRY_RUN is true: findings are logged and listed (mfa-deny doctor --findings), no incident is opened",
            "After the pilot: az functionapp config appsettings set --name APP --resource-group GROUP --settings DRY_RUN=false",
          )
        : ok("incidents are opened (DRY_RUN is false)"),
    ]);
  },
};

export const scheduleCheck: Check = {
  id: "schedule",
  scope: "app",
  needs: [],
  cure: "",
  run({ timer: { schedule, isOff }, settings }) {
    const late = `a last success older than ${inWords(settings.healthMaxAgeMs)} is a fault of health`;
    return Promise.resolve([
      isOff
        ? warning(
            "the timer detect is switched off, so nothing is detected",
            "az functionapp config appsettings set --name APP --resource-group GROUP --settings AzureWebJobs.detect.Disabled=false",
          )
        : ok(`runs start at ${schedule} (DETECTION_SCHEDULE); ${late}`),
    ]);
  },
};

export const portalCheck: Check = {
  id: "defender-portal",
  scope: "app",
  needs: [],
  cure: "",
  run: ({ settings }) => Promise.resolve([portalOutcome(settings.findingsTable !== null)]),
};

function portalOutcome(hasFindingsTable: boolean): Outcome {
  return hasFindingsTable
    ? ok("findings reach the Defender portal through the findings table and its analytics rule")
    : warning(
        "incidents made through Sentinel's API do not show in the Defender portal",
        "Deploy the findings table (docs/defender.md) and set INCIDENT_SINKS=sentinel,logs.",
      );
}
