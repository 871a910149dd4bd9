import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { clearLine, cursorTo } from "node:readline";
import { fitTable } from "../src/cli/text/fitTable.ts";
import { isIncidentFileName } from "../src/sinks/folder/incidentFiles.ts";
import { exampleTenant } from "../src/tenant/example.ts";
import { localWorkspace, startLocalAzure, type LocalAzure } from "./localAzure.ts";

/**
 * `npm start`: runs the built app on this machine over the day of a made-up tenant, every five minutes while
 * attacks happen, then every hour until the last late row. The app is the deployed one, and its state is in
 * Azurite. The output names the stand-ins.
 */

const minute = 60_000;
const day = Date.UTC(2026, 2, 10);
const hour = 60 * minute;
/** The first attack is at 06:08, the last ends before 18:00. */
const start = day + 5 * hour + 30 * minute;
const evening = day + 18 * hour + 30 * minute;
/** The last row of the day is published on the following evening. */
const end = day + 45 * hour;
const out = join("out", "incidents");

let now = start;
let setAt = performance.now();
const clock = () => now + performance.now() - setAt;

process.stdout.write(
  [
    "Replaying 2026-03-10 at Contoso, a made-up tenant, through the built app: a run every 5 minutes while",
    "attacks happen, then every hour, because rows arrive late.",
    "Real: the app (dist/app/main.cjs), Azure's SDKs, Microsoft's storage emulator Azurite.",
    "Stand-ins on this machine: Log Analytics, Sentinel, managed identity, Functions host.",
    "",
    "",
  ].join("\n"),
);
if (!process.argv.includes("--help")) {
  try {
    showProgress("Starting Azurite and the stand-ins…");
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
  showProgress("Making up the sign-ins of the day…");
  const tenant = exampleTenant();
  const rows = [...tenant.rows()];
  logs.publish(localWorkspace.workspaceId, "SigninLogs", rows);
  for (const [table, around] of Object.entries(tenant.around())) {
    logs.publish(localWorkspace.workspaceId, table, around);
  }
  showProgress("Starting the app…");
  // The first run also reads the night.
  const host = await local.startHost({ INITIAL_LOOKBACK: "PT6H" });
  let runs = 0;
  for (; now <= end; now += now < evening ? 5 * minute : hour, runs++) {
    setAt = performance.now();
    host.moveClock(now);
    await host.fireTimer("detect");
    showProgress(`${new Date(now).toISOString().slice(0, 16).replace("T", " ")}, run ${runs + 1}`);
  }
  const incidents = sentinel.incidents();
  clearProgress();
  await mkdir(out, { recursive: true });
  await removeEarlier();
  for (const incident of incidents) {
    const comments = sentinel.comments(incident.name);
    const tasks = sentinel.tasks(incident.name);
    const content = { ...incident, comments, tasks };
    await writeFile(join(out, `${incident.name}.json`), `${JSON.stringify(content, null, 2)}\n`);
  }
  process.stdout.write(
    fitTable<(typeof incidents)[number]>(
      [
        {
          head: "opened (UTC)",
          cell: ({ properties }) => properties.createdTimeUtc.slice(0, 16).replace("T", " "),
        },
        { head: "severity", cell: ({ properties }) => properties.severity },
        { head: "title", mayCut: true, cell: ({ properties }) => properties.title },
        { head: "origin", cell: ({ properties }) => originIn(properties.description) },
        { head: "comments", cell: ({ name }) => String(sentinel.comments(name).length) },
        { head: "labels", mayCut: true, cell: ({ properties }) => labelsOf(properties.labels) },
      ],
      incidents,
      // The types say that every output is a terminal.
      process.stdout.isTTY ? process.stdout.columns : Infinity,
    ),
  );
  process.stdout.write(
    [
      "",
      `${incidents.length} incidents from ${rows.length} sign-in rows in ${runs} runs.`,
      `A run is what the timer starts: here one every 5 minutes from ${clockTime(start)} to ${clockTime(evening)}, then one`,
      `an hour until ${clockTime(end)} the next day, when the last late row has come. Most of them find nothing new.`,
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

/** The verdict on where the refused prompts came from. */
function originIn(description: string | null | undefined): string {
  return /^- Origin: \*\*(\w+)\*\*/m.exec(description ?? "")?.[1] ?? "-";
}

/** Deletes the incidents of an earlier start. Any other file in the folder belongs to somebody and stays. */
async function removeEarlier(): Promise<void> {
  for (const name of await readdir(out)) {
    if (isIncidentFileName(name)) {
      await rm(join(out, name));
    }
  }
}

function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** Shows progress in a line, if the output is a terminal. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) {
    clearProgress();
    process.stderr.write(text);
  }
}

function clearProgress(): void {
  if (process.stderr.isTTY) {
    clearLine(process.stderr, 0);
    cursorTo(process.stderr, 0);
  }
}

/** Returns the labels for analysts, without the one in which the detector stores its last write. */
function labelsOf(labels: readonly { readonly labelName: string }[]): string {
  return labels
    .map(({ labelName }) => labelName)
    .filter((name) => !/^(?:mfa-deny:|campaign:|T\d)/.test(name))
    .join(", ");
}
