import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import {
  isFinished,
  type BackfillJob,
  type BackfillJobs,
  type BackfillLane,
  type BackfillPart,
  type BackfillRequest,
  type VersionedPart,
} from "../../run/backfillJob.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { hashKey } from "./stateKeys.ts";
import { TableRows } from "./tableRows.ts";

const attempts = 8;
const jobRow = "job";

/** The lane's row. The keys of the latest jobs are hashes, and those of older ones begin with `old`. */
const laneRow = "lane";

/** Backfills in Azure Table Storage. Each has a partition, and another one has the latest backfill of each request. */
export class TableBackfillJobs implements BackfillJobs, BackfillLane {
  readonly #client: TableClient;
  readonly #latest: TableRows;

  constructor(client: TableClient) {
    this.#client = client;
    this.#latest = new TableRows(client, hashKey("backfills"));
  }

  async begin(request: BackfillRequest, parts: readonly BackfillPart[]): Promise<BackfillJob> {
    const rowKey = hashKey(JSON.stringify(request));
    for (let attempt = 0; attempt < attempts; attempt++) {
      const known = await this.#latest.get(rowKey);
      const job = known === null ? null : await this.read(String(known["id"]));
      if (job !== null && !job.parts.every(isFinished)) {
        return job;
      }
      if (job !== null) {
        // When a new job takes the key, this row still leads to the old one until that is forgotten.
        await this.#latest.put(`old ${job.id}`, { id: job.id }, null);
      }
      const id = randomUUID();
      await this.#rowsOf(id).transact([
        { kind: "create", rowKey: jobRow, properties: toJsonProperties(request) },
        ...parts.map((part) => ({
          kind: "create" as const,
          rowKey: partRow(part.workspace),
          properties: toJsonProperties(part),
        })),
      ]);
      if ((await this.#latest.put(rowKey, { id }, known?.etag ?? null)) !== null) {
        return { id, request, parts };
      }
    }
    throw new UpstreamError("state table", "others keep starting the same backfill", true);
  }

  async read(id: string): Promise<BackfillJob | null> {
    const rows = await this.#rowsOf(id).list("", "~");
    const job = rows.find(({ rowKey }) => rowKey === jobRow);
    if (job === undefined) {
      return null;
    }
    const parts = rows
      .filter((row) => row !== job)
      .map((row) => fromJsonProperties(row) as BackfillPart);
    return { id, request: fromJsonProperties(job) as BackfillRequest, parts };
  }

  async readPart(id: string, workspace: string): Promise<VersionedPart | null> {
    const row = await this.#rowsOf(id).get(partRow(workspace));
    return row === null
      ? null
      : { part: fromJsonProperties(row) as BackfillPart, version: row.etag };
  }

  writePart(id: string, part: BackfillPart, version: string): Promise<string | null> {
    return this.#rowsOf(id).put(partRow(part.workspace), toJsonProperties(part), version);
  }

  async enterLane(owner: string, now: number, until: number): Promise<boolean> {
    const held = await this.#latest.get(laneRow);
    const isTaken = held !== null && held["owner"] !== owner && Number(held["until"]) > now;
    const taken = { owner, until: String(until) };
    return !isTaken && (await this.#latest.put(laneRow, taken, held?.etag ?? null)) !== null;
  }

  async leaveLane(owner: string): Promise<void> {
    const held = await this.#latest.get(laneRow);
    if (held !== null && held["owner"] === owner) {
      await this.#latest.remove(held);
    }
  }

  async prune(
    before: number,
    forget: (job: BackfillJob) => Promise<void> = () => Promise.resolve(),
  ): Promise<number> {
    let pruned = 0;
    for (const row of await this.#latest.list("", "~")) {
      const at = Date.parse(String(row["timestamp"]));
      if (row.rowKey === laneRow || !(at < before)) {
        continue;
      }
      const rows = this.#rowsOf(String(row["id"]));
      const job = await this.read(String(row["id"]));
      if (job !== null && !job.parts.every(isFinished)) {
        continue;
      }
      if (job !== null) {
        await forget(job);
      }
      // The job first, and the reference to it last, so that a pruning that dies is repeated.
      for (const each of await rows.list("", "~")) {
        await rows.remove(each);
      }
      pruned += (await this.#latest.remove(row)) ? 1 : 0;
    }
    return pruned;
  }

  #rowsOf(id: string): TableRows {
    return new TableRows(this.#client, hashKey(`backfill ${id}`));
  }
}

function partRow(workspace: string): string {
  return `part|${hashKey(workspace)}`;
}
