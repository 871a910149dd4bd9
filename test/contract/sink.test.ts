import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sentinelIncidents } from "../../src/sinks/sentinel/sentinelIncidents.ts";
import { IncidentFiles } from "../../src/sinks/folder/incidentFiles.ts";
import type { BlindPut } from "../../standins/sentinel/resource.ts";
import { startSentinel } from "../../standins/sentinel/startSentinel.ts";
import { incidentApiSink, type IncidentApi } from "../../src/sinks/sentinel/incidentApi.ts";
import { revisionOf, type IncidentProperties } from "../../src/sinks/sentinel/incidentBody.ts";
import { startFindingsTable, told, type TableRow } from "../sinks/findings/findingsTable.ts";
import { certificate, connection, credential } from "../azure/wire.ts";
import { time } from "../builders.ts";
import { sinkContract, type Seen, type SinkUnderTest } from "./sink.ts";

const resourceId =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/sentinel";

function seenIncident(
  properties: IncidentProperties,
  comments: readonly string[],
  tasks: unknown,
): Seen {
  const { title, description = "", severity } = properties;
  return {
    revision: revisionOf(properties),
    title,
    description,
    severity,
    mergedInto: comments.flatMap((text) => /belong to incident ([\w-]+)/.exec(text)?.[1] ?? []),
    whole: { properties, comments, tasks },
  };
}

interface FileContent {
  readonly properties: IncidentProperties;
  readonly comments: readonly { readonly properties: { readonly message: string } }[];
  readonly tasks: unknown;
}

async function startFiles(): Promise<SinkUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "sink-"));
  const files = await IncidentFiles.open(folder);
  let left = Infinity;
  // A disk fails seldom, so somebody stands before it who does.
  const failing = new Proxy<IncidentApi>(files, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== "function") {
        return found;
      }
      return (...args: unknown[]): unknown => {
        if (left-- === 0) {
          throw new Error("the disk is full");
        }
        return Reflect.apply(found, target, args);
      };
    },
  });
  return {
    sink: incidentApiSink("files", failing),
    async seen(finding) {
      await files.flush();
      const text = await readFile(join(folder, `${finding}.json`), "utf8").catch(() => null);
      if (text === null) {
        return null;
      }
      const { properties, comments, tasks } = JSON.parse(text) as FileContent;
      const messages = comments.map((comment) => comment.properties.message);
      return seenIncident(properties, messages, tasks);
    },
    failAfter: (requests) => {
      left = requests;
    },
    heal: () => {
      left = Infinity;
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function startWorkspace(blindPut: BlindPut): Promise<SinkUnderTest> {
  const sentinel = await startSentinel({
    ...certificate,
    blindPut,
    clock: () => time("12:00"),
  });
  const api = sentinelIncidents({
    endpoint: sentinel.url,
    audience: "https://management.azure.com",
    credential: credential(),
    connection,
  })(resourceId);
  return {
    sink: incidentApiSink("sentinel", api),
    async seen(finding) {
      const found = sentinel.incidents().find(({ name }) => name === finding);
      if (found === undefined) {
        return null;
      }
      return seenIncident(
        found.properties as unknown as IncidentProperties,
        sentinel.comments(finding).map(({ properties }) => properties.message),
        sentinel.tasks(finding).map(({ name, properties }) => ({ name, properties })),
      );
    },
    failAfter: (after) => sentinel.fail({ status: 403 }, { after }),
    heal: () => sentinel.heal(),
    stop: () => sentinel.stop(),
  };
}

/** A reader of the table goes by finding and revision, and takes the newest. */
async function startTable(): Promise<SinkUnderTest> {
  const table = await startFindingsTable(time("12:00"));
  return {
    sink: table.sink(),
    async seen(finding) {
      const query = `MfaDenyFindings_CL | where FindingId == "${finding}" | order by Revision asc`;
      const all = distinct(table.query(query));
      const merges = all.filter((row) => row["Change"] === "merged");
      const rows = all.filter((row) => row["Change"] !== "merged");
      const newest = rows.at(-1);
      return newest === undefined
        ? null
        : {
            revision: Number(newest["Revision"]),
            title: told(newest, "Title"),
            description: told(newest, "Description"),
            severity: told(newest, "Severity"),
            mergedInto: merges.map((row) => told(row, "MergedInto")),
            whole: { rows, merges },
          };
    },
    failAfter: (after) => table.ingestion.fail({ status: 403 }, { after }),
    heal: () => table.ingestion.heal(),
    stop: () => table.stop(),
  };
}

function distinct(rows: readonly TableRow[]): readonly TableRow[] {
  return [...new Map(rows.map((row) => [told(row, "FindingId", "Revision"), row])).values()];
}

sinkContract("incidents as files", startFiles);
sinkContract("Sentinel, where a blind PUT overwrites", () => startWorkspace("overwrite"));
sinkContract("Sentinel, where a blind PUT is a conflict", () => startWorkspace("conflict"));
sinkContract("the table of findings", startTable);
