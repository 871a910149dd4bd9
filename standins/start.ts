import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatTable } from "../src/cli/formatTable.ts";
import { exampleTenant } from "../src/tenant/example.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "./localAzure.ts";

/**
 * `npm start`: runs the built app on this machine, over the day of a made-up tenant, once every five minutes of
 * that day. The app is the deployed one, and its state is in Azurite; the output names the stand-ins.
 */

const minute = 60_000;
const start = Date.UTC(2026, 2, 10);
/** The last row of the day is published the evening after. */
const end = start + 44 * 60 * minute;
const out = join("out", "incidents");

let now = start;
let setAt = performance.now();
const clock = () => now + performance.now() - setAt;

process.stdout.write(
  [
    "Replaying 2026-03-10 at Contoso, a made-up tenant, through the built app: a run every 5 minutes.",
    "Real: the app (dist/app/main.cjs), Azure's SDKs, Microsoft's storage emulator Azurite.",
    "Stand-ins on this machine: Log Analytics, Sentinel, managed identity, Functions host.",
    "",
    "",
  ].join("\n"),
);
if (!process.argv.includes("--help")) {
  try {
    const azure = await startLocalAzure({ clock });
    try {
      await replay(azure);
    } finally {
      await azure.stop();
    }
  } catch (error) {
    process.stderr.write(
      `npm start: ${error instanceof Error ? error.message.trim() : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}

async function replay(local: LocalAzure): Promise<void> {
  const { logs, sentinel } = local;
  const rows = [...exampleTenant().rows()];
  logs.publish(localWorkspace.workspaceId, "SigninLogs", rows);
  const host = await local.startHost();
  let runs = 0;
  for (; now <= end; now += 5 * minute, runs++) {
    setAt = performance.now();
    host.moveClock(now);
    await host.fireTimer("detect");
  }
  const incidents = sentinel.incidents();
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  for (const incident of incidents) {
    const comments = sentinel.comments(incident.name);
    const tasks = sentinel.tasks(incident.name);
    const content = { ...incident, comments, tasks };
    await writeFile(join(out, `${incident.name}.json`), `${JSON.stringify(content, null, 2)}\n`);
  }
  process.stdout.write(
    formatTable(
      ["opened (UTC)", "severity", "title", "comments", "labels"],
      incidents.map(({ name, properties }) => [
        properties.createdTimeUtc.slice(0, 19).replace("T", " "),
        properties.severity,
        properties.title,
        String(sentinel.comments(name).length),
        labelsOf(properties.labels),
      ]),
    ),
  );
  process.stdout.write(
    [
      "",
      `${incidents.length} incidents from ${rows.length} sign-in rows in ${runs} runs, ${logs.requests.length} log queries and ${sentinel.requests.length} requests to Sentinel.`,
      `Each incident, as the Sentinel stand-in received it, is in ${out}.`,
      `${join("examples", "contoso-day.truth.json")} says what really happened that day.`,
      "",
      "Next, on your own logs, without Azure:",
      "  node dist/cli.mjs detect YOUR_SIGNIN_LOGS.json",
      "  node dist/cli.mjs detect --help",
      "",
    ].join("\n"),
  );
}

/** Labels for analysts; the one in which the detector remembers what it wrote is left out. */
function labelsOf(labels: readonly { readonly labelName: string }[]): string {
  return labels
    .map(({ labelName }) => labelName)
    .filter((name) => !name.startsWith("mfa-deny:") && !/^T\d/.test(name))
    .join(", ");
}
