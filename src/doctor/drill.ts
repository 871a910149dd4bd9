import type { Fields } from "../detection/signin/fields.ts";
import { isCounted, resolvePrompts } from "../detection/prompts/prompt.ts";
import { readSignIn } from "../detection/signin/signIn.ts";
import { readTexts, type Sighting } from "../detection/signin/sighting.ts";
import { formatTime, readTime } from "../detection/signin/time.ts";
import type { Workspace } from "../settings/settings.ts";
import { tableOf } from "./findingsTable.ts";
import { listOf, propertiesOf } from "./management.ts";
import type { Probe } from "./probe.ts";

const minuteMs = 60_000;
const neededDenials = 5;

export interface DrillOptions {
  /** User principal name of the test account. */
  readonly user: string;
  readonly say: (line: string) => void;
  /** Waits between two attempts. Ends early if the drill is interrupted. */
  readonly pause: () => Promise<void>;
  readonly longestMs: number;
}

/** An expected event, and a function that looks for it. Returns the time of the event, or null so far. */
interface Stage {
  readonly name: string;
  readonly look: (since: number) => Promise<number | null>;
}

/**
 * Follows an attack on a test account through the whole path: five refused prompts, the rows, the run, the
 * incident, the findings table. Prints how many minutes each took.
 *
 * @returns whether every stage was reached in time
 */
export async function drill(
  probe: Probe,
  workspace: Workspace,
  options: DrillOptions,
): Promise<boolean> {
  const { user, say, pause, longestMs } = options;
  const startedAt = probe.now();
  say(`Fire drill with ${user}, from ${formatTime(startedAt)}.`);
  say(
    `Sign in as that account ${neededDenials} times, and refuse each MFA prompt ("No, it's not me"/Deny).`,
  );
  let reachedAt = startedAt;
  for (const { name, look } of stagesOf(probe, workspace, user, startedAt)) {
    let at = await look(reachedAt);
    while (at === null) {
      if (probe.now() - startedAt > longestMs) {
        say(
          `FAULT    ${name}: not within ${longestMs / minuteMs} min. Run mfa-deny doctor to see why.`,
        );
        return false;
      }
      await pause();
      at = await look(reachedAt);
    }
    const tookMs = Math.max(0, at - reachedAt);
    say(`ok       ${name}: ${formatTime(at)}, after ${(tookMs / minuteMs).toFixed(1)} min`);
    reachedAt = Math.max(reachedAt, at);
  }
  say(
    `From the start of the drill to the last step: ${((reachedAt - startedAt) / minuteMs).toFixed(1)} min.`,
  );
  return true;
}

function stagesOf(
  probe: Probe,
  workspace: Workspace,
  user: string,
  from: number,
): readonly Stage[] {
  const { settings } = probe;
  let ingestedAt = from;
  return [
    {
      name: `${neededDenials} refused prompts in SigninLogs`,
      async look() {
        const denials = await denialsOf(probe, workspace, user, from);
        if (denials.length < neededDenials) {
          return null;
        }
        ingestedAt = Math.max(...denials.map(({ ingested }) => ingested));
        return ingestedAt;
      },
    },
    {
      name: "a run that read them",
      async look() {
        const at = await probe.lastSuccessAt(workspace);
        return at !== null && at - settings.ingestionSafetyMs >= ingestedAt ? at : null;
      },
    },
    ...(settings.sinks.includes("sentinel")
      ? [
          {
            name: "the incident in Microsoft Sentinel",
            look: () => incidentAt(probe, workspace, user, from),
          },
        ]
      : []),
    ...(settings.findingsTable === null
      ? []
      : [
          {
            name: "the row in the findings table",
            look: () => findingAt(probe, workspace, user, from),
          },
        ]),
  ];
}

/** Returns a literal of the query language. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

async function rowsFrom(
  probe: Probe,
  workspace: Workspace,
  query: string,
): Promise<readonly Fields[]> {
  const answer = await probe.query(workspace, query);
  return answer.kind === "rows" ? answer.rows : [];
}

async function denialsOf(probe: Probe, workspace: Workspace, user: string, from: number) {
  const rows = await rowsFrom(
    probe,
    workspace,
    `SigninLogs | where TimeGenerated >= datetime(${formatTime(from)})` +
      ` | where UserPrincipalName =~ ${quoted(user)} | extend Ingested = ingestion_time() | take 1000`,
  );
  const sightings: Sighting[] = [];
  // By what a row says of itself, which its sightings share.
  const ingestedAt = new Map<Sighting["details"], number>();
  for (const row of rows) {
    for (const { sighting } of readTexts(readSignIn(row))) {
      if (sighting !== null) {
        sightings.push(sighting);
        ingestedAt.set(sighting.details, readTime(row["Ingested"]) ?? probe.now());
      }
    }
  }
  return resolvePrompts(sightings)
    .filter((prompt) => isCounted(prompt, ["denied", "fraudReported"]))
    .map((prompt) => ({
      ingested: Math.max(...prompt.sightings.map(({ details }) => ingestedAt.get(details) ?? 0)),
    }));
}

async function incidentAt(
  probe: Probe,
  { resourceId }: Workspace,
  user: string,
  from: number,
): Promise<number | null> {
  const path =
    `${resourceId}/providers/Microsoft.SecurityInsights/incidents` +
    `?$orderby=properties/createdTimeUtc%20desc&$top=50`;
  const { status, body } = await probe.manage(path, "2025-09-01");
  const incidents = status === 200 ? listOf(body).map(propertiesOf) : [];
  const times = incidents
    .filter(({ title }) => String(title).toLowerCase().includes(user.toLowerCase()))
    .map(({ createdTimeUtc, lastModifiedTimeUtc }) =>
      Math.max(readTime(createdTimeUtc) ?? 0, readTime(lastModifiedTimeUtc) ?? 0),
    )
    .filter((at) => at >= from);
  return times.length === 0 ? null : Math.min(...times);
}

async function findingAt(
  probe: Probe,
  workspace: Workspace,
  user: string,
  from: number,
): Promise<number | null> {
  const table = tableOf(probe.settings.findingsTable);
  const rows = await rowsFrom(
    probe,
    workspace,
    `${table} | where TimeGenerated >= datetime(${formatTime(from)})` +
      ` | where UserPrincipalName =~ ${quoted(user)} | extend Ingested = ingestion_time() | take 10`,
  );
  const times = rows.map((row) => readTime(row["Ingested"]) ?? probe.now());
  return times.length === 0 ? null : Math.min(...times);
}
