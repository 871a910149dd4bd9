import { appCredential } from "../azure/credential.ts";
import { definitions } from "../settings/definitions.ts";
import { isSwitchedOff } from "../settings/timers.ts";
import { readSettings, type Environment } from "../settings/settings.ts";
import { connectTable } from "../state/table/tableConnection.ts";
import { DryRunTable } from "../state/table/dryRunTable.ts";
import { partitions } from "../state/table/stateKeys.ts";
import { TableState } from "../state/table/tableState.ts";
import { azureProbe } from "./azureProbe.ts";
import type { Probe } from "./probe.ts";

/**
 * Returns the probe for the app's settings, with the app's own clients.
 *
 * @throws SettingsError that names everything wrong with the environment
 */
export function connect(environment: Environment): Probe {
  const settings = readSettings(environment);
  const credential = appCredential(settings, environment);
  const table = connectTable(settings.stateStorage, settings.stateTable, () => credential);
  return azureProbe({
    settings,
    credential,
    credentialOf: (clientId) => appCredential({ ...settings, clientId }, environment),
    storeOf: ({ workspaceId }) =>
      new TableState(table, partitions[settings.dryRun ? "dryRun" : "real"](workspaceId)),
    timer: {
      schedule:
        environment["DETECTION_SCHEDULE"]?.trim() || definitions.DETECTION_SCHEDULE.fallback,
      isOff: isSwitchedOff("detect", environment),
    },
    packageFolder: environment["AzureWebJobsScriptRoot"] ?? null,
    dryRunOf: ({ workspaceId }) => new DryRunTable(table, partitions.dryRun(workspaceId)),
  });
}
