import { definitions } from "../src/settings/definitions.ts";

type Schedule = "DETECTION_SCHEDULE" | "MAINTENANCE_SCHEDULE";

/** Returns the schedule for a timer's registration. The host does not index a function whose setting is missing. */
export function scheduleOf(name: Schedule): string {
  return (process.env[name]?.trim() ?? "") === "" ? definitions[name].fallback : `%${name}%`;
}
