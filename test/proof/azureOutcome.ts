/** The part of a scenario's outcome that must not depend on disturbances. */
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { fromJsonProperties } from "../../src/state/table/jsonProperties.ts";
import { hashKey, rowKeys, rowRanges } from "../../src/state/table/stateKeys.ts";
import { TableRows } from "../../src/state/table/tableRows.ts";
import { localWorkspace, type LocalAzure } from "../../standins/localAzure.ts";
import type { DueItem, SubjectRecord, Progress } from "../../src/run/ports.ts";

/** What analysts see of one incident. */
interface SeenIncident {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly labels: readonly string[] };
  readonly comments: readonly string[];
  readonly tasks: readonly unknown[];
}

export interface Outcome {
  readonly incidents: readonly SeenIncident[];
  /** Rows of the findings' table, each once: it takes rows at least once, and what reads them goes by that. */
  readonly findings: readonly string[];
  readonly state: State;
}

/** All that the app keeps of the workspace, without the moments at which runs happened to take place. */
export interface State {
  readonly heads: readonly Pick<SubjectRecord, "subject" | "bursts" | "deliveries">[];
  readonly due: readonly DueItem[];
  /** The watermark, to the minute. */
  readonly watermark: string | null;
  readonly pending: number;
  readonly lastError: string | null;
}

/** Looks at the services themselves, past the gateways, so that it neither counts nor disturbs. */
export interface View {
  /** @param since uploads to leave out: those of plays before */
  outcome(since: number): Promise<Outcome>;
  state(): Promise<State>;
}

/** @param table where the app keeps its state */
export function viewOf(azure: LocalAzure, table: string): View {
  const { connectionString } = azure.azurite;
  const client = connectTable({ connectionString }, table, noCredential, {
    tlsOptions: { ca: azure.certificate.cert },
  });
  const rows = new TableRows(client, hashKey(localWorkspace.workspaceId));
  return {
    state: () => stateIn(rows),
    async outcome(since) {
      return {
        incidents: readIncidents(azure),
        findings: readFindings(azure, since),
        state: await stateIn(rows),
      };
    },
  };
}

function noCredential(): never {
  throw new Error("the emulator takes the key of its connection string");
}

function readIncidents({ sentinel }: LocalAzure): readonly SeenIncident[] {
  return sentinel
    .incidents()
    .map(({ name, properties }) => {
      const { title, description, severity, status, labels } = properties;
      const { firstActivityTimeUtc, lastActivityTimeUtc } = properties;
      return {
        name,
        properties: {
          title,
          description,
          severity,
          status,
          firstActivityTimeUtc,
          lastActivityTimeUtc,
          labels: labels.map(({ labelName }) => labelName),
        },
        comments: sentinel
          .comments(name)
          .map((comment) => comment.properties.message)
          .toSorted(),
        tasks: sentinel
          .tasks(name)
          .map((task) => `${task.name} ${task.properties.title} ${task.properties.status}`)
          .toSorted(),
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readFindings({ ingestion }: LocalAzure, since: number): readonly string[] {
  const rows = ingestion.uploads
    .slice(since)
    .flatMap((upload) => (upload.status === 204 ? upload.rows : []))
    .map((row) => JSON.stringify({ ...row, TimeGenerated: undefined }));
  return [...new Set(rows)].toSorted();
}

async function stateIn(table: TableRows): Promise<State> {
  const rows = await table.list(rowRanges.opening.from, rowRanges.records.to);
  const read = <T>(isWanted: (rowKey: string) => boolean) =>
    rows.filter(({ rowKey }) => isWanted(rowKey)).map((row) => fromJsonProperties(row) as T);
  const [progress] = read<Progress>((rowKey) => rowKey === rowKeys.progress);
  const { opening, records } = rowRanges;
  return {
    heads: read<SubjectRecord>((rowKey) => rowKey >= records.from),
    due: read<DueItem>((rowKey) => rowKey !== rowKeys.progress && rowKey < opening.to),
    watermark: progress === undefined ? null : toMinute(progress.publishedTo),
    pending: progress?.pending ?? 0,
    lastError: progress?.lastError ?? null,
  };
}

/** Runs begin some milliseconds after the moment that they are due. */
export function toMinute(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}

/**
 * What has to be the same as well where the world goes on between a death and the next run: how many steps an
 * incident took to where it is, and what was said on the way, may differ then.
 */
export function essenceOf({ incidents, state }: Outcome) {
  return {
    incidents: incidents.map(({ name, properties, comments }) => ({
      name,
      properties: { ...properties, labels: properties.labels.filter((label) => !isMark(label)) },
      isEachCommentOnce: new Set(comments).size === comments.length,
    })),
    facts: state.heads.flatMap(({ bursts }) => bursts.map(({ id, facts }) => ({ id, facts }))),
    watermark: state.watermark,
  };
}

/** The label that counts revisions. */
function isMark(label: string): boolean {
  return label.startsWith("mfa-deny:");
}

/** What keeps a state from being at rest: something left to send, or somebody who seems to be sending it. */
export function unrest({ heads, due, pending, lastError }: State): readonly string[] {
  return [
    ...due.map(({ burstId }) => `due: ${burstId}`),
    ...heads.flatMap(({ deliveries }) =>
      Object.entries(deliveries).flatMap(([id, { claim }]) => (claim ? [`claimed: ${id}`] : [])),
    ),
    ...(pending > 0 ? [`pending: ${pending}`] : []),
    ...(lastError === null ? [] : [`last error: ${lastError}`]),
  ];
}
