import type { TableClient } from "@azure/data-tables";
import type { IncidentSink, Log } from "../../run/ports.ts";
import { wouldOpen, type DryRunFindings, type WouldOpen } from "../../run/wouldOpen.ts";
import { readTime } from "../../detection/signin/time.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { hashKey, rowKeys, rowRanges } from "./stateKeys.ts";
import { TableRows } from "./tableRows.ts";
import { TableState } from "./tableState.ts";

/** The findings of a dry run, in the partition with the dry run's state. */
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

  /** Returns a sink that replaces the real ones. It only records the finding and writes a log line. */
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
    // Rows are pruned by this column.
    const oldestAt = { type: "Int64", value: String(readTime(finding.lastDenialAt) ?? 0) };
    const properties = { oldestAt, ...toJsonProperties(finding) };
    await this.#rows.transact([
      { kind: "upsert", rowKey: rowKeys.finding(finding.id), properties },
    ]);
  }

  /** Deletes everything of the dry run, including its state. */
  async clear(): Promise<void> {
    for (const row of await this.#rows.list("", "~")) {
      await this.#rows.remove(row);
    }
  }
}

/** Prunes the state of a dry run. Deletes everything if its last run was before `before` (epoch ms). */
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
