import { readSettings, type Environment } from "../settings/settings.ts";
import { SettingsError } from "../settings/settingsError.ts";
import type { Line } from "./line.ts";

/** Returns one line for each setting that is wrong; none if all are right. */
export function settingsLines(environment: Environment): readonly Line[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) {
      throw error;
    }
    return error.problems.map((says) => ({
      check: "settings",
      workspace: null,
      level: "fault",
      says,
      cure: "az functionapp config appsettings set --name APP --resource-group GROUP --settings NAME=VALUE",
    }));
  }
}
