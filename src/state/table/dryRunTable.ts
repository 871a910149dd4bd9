import type { TableClient } from "@azure/data-tables";
import type { IncidentSink, Log } from "../../run/ports.ts";
import { wouldOpen, type DryRunFindings, type WouldOpen } from "../../run/wouldOpen.ts";
import { readTime } from "../../detection/signin/time.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { hashKey, rowKeys, rowRanges } from "./stateKeys.ts";
import { TableRows } from "./tableRows.ts";
import { TableState } from "./tableState.ts";

/** What a dry run would have opened, in the partition in which the dry run has its state. */
export class DryRunTable implements DryRunFindings {
  readonly #rows: TableRows;

  constructor(client: TableClient, name: string, signal?: AbortSignal) {
    this.#rows = new TableRows(client, hashKey(name), signal);
  }

  async list(): Promise<readonly WouldOpen[]> {
    const rows = await this.#rows.list(rowRanges.findings.from, rowRanges.findings.to);
    return rows
      .map((row) => fromJsonProperties(row) as WouldOpen)
      .toSorted((a, b) => (a.firstDenialAt < b.firstDenialAt ? -1 : 1));
  }

  /** Takes the place of the real sinks: nothing leaves the app but a line of its log. */
  sink(log: Log): IncidentSink {
    return {
      name: "dry run",
      deliver: async (incident) => {
        const finding = wouldOpen(incident);
        await this.#put(finding);
        log.info(incident.sentRevision === 0 ? "would open" : "would update", { ...finding });
      },
      noteMerge: async (id, keeperId) => {
        const row = await this.#rows.get(rowKeys.finding(id));
        if (row !== null) {
          await this.#put({ ...(fromJsonProperties(row) as WouldOpen), mergedInto: keeperId });
        }
        log.info("would merge", { id, mergedInto: keeperId });
      },
    };
  }

  async #put(finding: WouldOpen): Promise<void> {
    // The column by which rows are pruned.
    const oldestAt = { type: "Int64", value: String(readTime(finding.lastDenialAt) ?? 0) };
    const properties = { oldestAt, ...toJsonProperties(finding) };
    await this.#rows.transact([
      { kind: "upsert", rowKey: rowKeys.finding(finding.id), properties },
    ]);
  }

  /** Deletes everything of the dry run, its state too. */
  async clear(): Promise<void> {
    for (const row of await this.#rows.list("", "~")) {
      await this.#rows.remove(row);
    }
  }
}

/** Of a dry run that ended: what it found is kept as long as any other state, the rest goes with the last of it. */
export async function forgetDryRun(
  client: TableClient,
  name: string,
  before: number,
): Promise<void> {
  const state = new TableState(client, name);
  const lastRunAt = (await state.readProgress())?.lastRunAt ?? null;
  if (lastRunAt !== null && lastRunAt < before) {
    await new DryRunTable(client, name).clear();
  } else if (lastRunAt !== null) {
    await state.prune(before);
  }
}
