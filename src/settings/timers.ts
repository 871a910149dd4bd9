import type { Environment } from "./settings.ts";

/** Reports whether a function is switched off. The host uses this setting, with underscores on Linux. */
export function isSwitchedOff(name: string, environment: Environment): boolean {
  return [`AzureWebJobs.${name}.Disabled`, `AzureWebJobs__${name}__Disabled`].some((setting) =>
    /^(?:true|1)$/i.test(environment[setting] ?? ""),
  );
}
