/** The built programs, as a person and as the deployed app run them, against the local Azure. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Line } from "../../src/doctor/line.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";

const dayMs = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "mfa-deny-doctor-"));
let azure: LocalAzure;

beforeAll(async () => {
  azure = await startLocalAzure();
  const shift = Math.floor(Date.now() / dayMs) * dayMs;
  azure.logs.publish(
    localWorkspace.workspaceId,
    "SigninLogs",
    publish(refusals("00:00", 5)).map((row) => moved(row, shift)),
  );
  writeFileSync(join(folder, "ca.pem"), azure.certificate.cert);
}, 60_000);
afterAll(async () => {
  await azure.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The doctor has the machine's clock, so rows are of its day. */
function moved<T>(row: T, startOfDay: number): T {
  const day = new Date(startOfDay).toISOString().slice(0, 10);
  return JSON.parse(JSON.stringify(row).replaceAll("2026-03-10", day)) as T;
}

async function doctor(...args: readonly string[]) {
  const env = {
    ...process.env,
    ...azure.settings,
    ...azure.identity.env,
    INCIDENT_SINKS: "sentinel,logs",
    NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
  };
  const ended = promisify(execFile)(process.execPath, ["dist/cli.mjs", "doctor", ...args], { env });
  return ended.then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout: stdout + stderr,
    }),
  );
}

test("mfa-deny doctor asks every service, finds no fault, and writes a bundle without a name", async () => {
  const bundle = join(folder, "bundle.json");
  const { code, stdout } = await doctor("--bundle", bundle);
  expect(stdout).not.toContain("FAULT");
  expect(stdout).toMatch(/ok +state-table: /);
  expect(stdout).toMatch(/ok +data-collection-rule: /);
  expect([0, 3]).toContain(code);
  const text = readFileSync(bundle, "utf8");
  expect(text).toContain("MFA denied; user declined the authentication");
  expect(text).not.toMatch(/contoso|127\.0\.0\.1|AccountKey/);
});

test("GET /api/doctor gives the same lines by the app's identity", async () => {
  const host = await azure.startHost({ INCIDENT_SINKS: "sentinel,logs" });
  const response = await host.request({ url: "/api/doctor" });
  const { lines } = (await response.json()) as { readonly lines: readonly Line[] };
  expect(response.status).toBe(200);
  expect(lines.filter(({ level }) => level === "fault")).toEqual([]);
  expect(lines.map(({ check }) => check)).toContain("incident-permissions");
  await host.stop();
});

test("a pilot is listed: by the command with its own credentials, and by the app", async () => {
  const host = await azure.startHost({ DRY_RUN: "true", STATE_TABLE: "Pilot" });
  await host.fireTimer("detect");
  const response = await host.request({ url: "/api/doctor?findings=true" });
  const { findings } = (await response.json()) as { readonly findings: readonly unknown[] };
  await host.stop();
  writeFileSync(join(folder, "pilot.env"), "STATE_TABLE=Pilot\nINITIAL_LOOKBACK=P1D\n");
  const { code, stdout } = await doctor("--findings", "--settings", join(folder, "pilot.env"));
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/\d+ incidents? would have been opened/),
  ]);
  expect(response.status).toBe(200);
  expect(stdout).toContain(`${findings.length} incident`);
});
