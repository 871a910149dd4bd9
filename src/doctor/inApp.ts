// The doctor inside the deployed app. It is a separate bundle (doctor.cjs), which only GET /api/doctor loads.
import type { Environment } from "../settings/settings.ts";
import { connect } from "./connect.ts";
import { diagnose } from "./diagnose.ts";
import { exitCodeOf, type Line } from "./line.ts";
import { pilotFindings, type PilotFinding } from "./pilotFindings.ts";
import { settingsLines } from "./settingsLines.ts";

export interface Diagnosis {
  readonly healthy: boolean;
  readonly lines: readonly Line[];
}

/** Checks what the app's own identity can do, from where the app runs. */
export async function diagnoseApp(environment: Environment): Promise<Diagnosis> {
  const lines: Line[] = [...settingsLines(environment)];
  if (lines.length === 0) {
    for await (const line of diagnose(connect(environment))) {
      lines.push(line);
    }
  }
  return { healthy: exitCodeOf(lines) !== 2, lines };
}

/** Returns what the dry runs of this app would have opened. */
export function findingsOfApp(environment: Environment): Promise<readonly PilotFinding[]> {
  return pilotFindings(connect(environment));
}
