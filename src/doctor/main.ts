// The program behind `mfa-deny doctor`. The command line loads it by its path, so that its other commands do not load
// Azure's clients.
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { definitions } from "../settings/definitions.ts";
import { askApp, askAppForFindings } from "./askApp.ts";
import { collectBundle } from "./bundle.ts";
import { connect } from "./connect.ts";
import { diagnose } from "./diagnose.ts";
import { drill } from "./drill.ts";
import { exitCodeOf, type Line } from "./line.ts";
import { findingsText, pilotFindings, type PilotFinding } from "./pilotFindings.ts";
import type { Probe } from "./probe.ts";
import type { DoctorRequest } from "./request.ts";
import { settingsLines } from "./settingsLines.ts";
import { summaryOf, toText } from "./text.ts";

const drillPauseMs = 15_000;
const longestDrillMs = 60 * 60_000;

/** @returns the exit code: 0 all well, 3 warnings only, 2 a fault */
export async function runDoctor(request: DoctorRequest): Promise<number> {
  const { environment, app, signal } = request;
  if (app !== null) {
    const address = { url: app, key: environment["MFA_DENY_APP_KEY"] ?? null };
    return request.findings
      ? showFindings(request, await askAppForFindings(address, signal))
      : show(request, await askApp(address, signal));
  }
  const wrong = settingsLines(environment);
  if (wrong.length > 0) {
    return show(request, wrong);
  }
  const probe = connect(environment);
  if (request.findings) {
    return showFindings(request, await pilotFindings(probe));
  }
  if (request.drill !== null) {
    return runDrill(probe, request.drill, request);
  }
  const lines: Line[] = [];
  for await (const line of diagnose(probe)) {
    signal.throwIfAborted();
    lines.push(line);
    if (request.format === "table") {
      request.stdout.write(toText(line));
    }
  }
  if (request.bundle !== null) {
    const given = Object.keys(definitions).filter((name) => (environment[name] ?? "") !== "");
    const bundle = await collectBundle(probe, given, lines);
    await writeFile(request.bundle, `${JSON.stringify(bundle, null, 2)}\n`);
  }
  request.stdout.write(
    request.format === "json" ? `${JSON.stringify({ lines }, null, 2)}\n` : summaryOf(lines),
  );
  return exitCodeOf(lines);
}

function show({ format, stdout }: DoctorRequest, lines: readonly Line[]): number {
  stdout.write(
    format === "json"
      ? `${JSON.stringify({ lines }, null, 2)}\n`
      : `${lines.map(toText).join("")}${summaryOf(lines)}`,
  );
  return exitCodeOf(lines);
}

function showFindings(
  { format, stdout }: DoctorRequest,
  findings: readonly PilotFinding[],
): number {
  stdout.write(
    format === "json" ? `${JSON.stringify({ findings }, null, 2)}\n` : findingsText(findings),
  );
  return 0;
}

async function runDrill(
  probe: Probe,
  user: string,
  { stdout, signal }: DoctorRequest,
): Promise<number> {
  const [workspace] = probe.settings.workspaces;
  if (workspace === undefined) {
    return 2;
  }
  const reached = await drill(probe, workspace, {
    user,
    say: (line) => void stdout.write(`${line}\n`),
    pause: () => sleep(drillPauseMs, undefined, { signal }),
    longestMs: longestDrillMs,
  });
  return reached ? 0 : 2;
}
