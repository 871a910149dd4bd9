import type { Approval } from "../signin/sighting.ts";
import { shown } from "./wording.ts";

/** Says where a prompt was approved from, for which application and how, as far as its row shows it. */
export function approvalOrigin({ ipAddress, details }: Approval): string {
  const { location = null, application = null, method = null, session = null } = details ?? {};
  const parts = [
    ["Address", ipAddress],
    ["place", location],
    ["application", application],
    ["method", method],
    ["session", session],
  ] as const;
  return `${parts.map(([name, value]) => `${name} ${value === null ? "unknown" : shown(value)}`).join(", ")}.`;
}
