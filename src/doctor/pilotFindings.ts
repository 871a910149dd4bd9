import { isFields } from "../detection/signin/fields.ts";
import { visible } from "../detection/signin/visible.ts";
import type { WouldOpen } from "../run/wouldOpen.ts";
import type { Probe } from "./probe.ts";

/** What a dry run of one workspace would have opened. */
export interface PilotFinding extends WouldOpen {
  readonly workspace: string;
}

/** Returns what the runs with `DRY_RUN` would have opened, by workspace, oldest first. */
export async function pilotFindings(probe: Probe): Promise<readonly PilotFinding[]> {
  const found: PilotFinding[] = [];
  for (const workspace of probe.settings.workspaces) {
    for (const finding of await probe.dryRunFindings(workspace)) {
      found.push({ workspace: workspace.name, ...finding });
    }
  }
  return found;
}

/** Formats findings for people, with two lines each. */
export function findingsText(findings: readonly PilotFinding[]): string {
  const count = findings.length;
  const summary = `${count} incident${count === 1 ? "" : "s"} would have been opened`;
  return `${findings.map(findingText).join("")}${summary}\n`;
}

function findingText(finding: PilotFinding): string {
  const { severity, workspace, user, rule, denials, approvedAt, mergedInto } = finding;
  const approved = approvedAt === null ? "" : `, approved ${shortTime(approvedAt)}`;
  const merged = mergedInto === null ? "" : `, merged into ${mergedInto}`;
  const from = finding.ipAddresses.map((address) => visible(address)).join(", ");
  return (
    `${severity.padEnd(13)}  ${visible(user)} [${workspace}]: ${denials} denials from ` +
    `${shortTime(finding.firstDenialAt)} to ${shortTime(finding.lastDenialAt)} UTC${approved}\n` +
    `               ${finding.id} (${rule}${merged}); addresses: ${from || "none"}\n`
  );
}

function shortTime(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

/** Checks that an answer of the app has this type. */
export function isPilotFinding(value: unknown): value is PilotFinding {
  return (
    isFields(value) &&
    ["workspace", "id", "severity", "user", "rule", "firstDenialAt", "lastDenialAt"].every(
      (name) => typeof value[name] === "string",
    ) &&
    Array.isArray(value["ipAddresses"])
  );
}
