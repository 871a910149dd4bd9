import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Progress } from "../../run/ports.ts";
import { UpstreamError } from "../../run/upstreamError.ts";
import { laterProgress, lookedAgain } from "../memoryStore.ts";
import { fromJsonProperties, toJsonProperties } from "./jsonProperties.ts";
import { rowKeys } from "./stateKeys.ts";
import type { Row, TableRows } from "./tableRows.ts";

const attempts = 8;

/** The version of the state that this app writes. It also reads version 1, which had no version field. */
const stateVersion = 2;

/** The row with the progress of the runs and the version of the state. */
export class ProgressRow {
  readonly #rows: TableRows;
  /** The row as last seen in the table. */
  #seen: {
    readonly progress: Progress | null;
    readonly version: number;
    readonly etag: string | null;
  } = nothing;

  constructor(rows: TableRows) {
    this.#rows = rows;
  }

  /** Whether the whole state has the format of this version. */
  get isCurrent(): boolean {
    return this.#seen.version === stateVersion;
  }

  /** Whether a version before families wrote the row. Without a row, this version may have recorded everything. */
  get isOld(): boolean {
    return this.#seen.etag !== null && !this.isCurrent;
  }

  async read(): Promise<Progress | null> {
    const row = await this.#rows.get(rowKeys.progress);
    this.#seen = nothing;
    return row && this.note(row);
  }

  /** @throws UpstreamError if a later version wrote the row */
  note(row: Row): Progress {
    const { version = 1, ...progress } = fromJsonProperties(row) as Progress & {
      readonly version?: number;
    };
    if (version > stateVersion) {
      throw new UpstreamError(
        "state table",
        `a newer version of the app wrote this state (version ${version}; this app reads up to ${stateVersion})`,
        false,
      );
    }
    this.#seen = { progress, version, etag: row.etag };
    return progress;
  }

  /**
   * Stores the progress. The later watermark wins, whoever wrote it. Must come after the rest of the state was
   * migrated to this version.
   */
  save(progress: Progress): Promise<void> {
    return this.#change((stored) => laterProgress(stored, progress));
  }

  /** Stores how far the daily second look has come. */
  saveLookedAgain(to: number): Promise<void> {
    return this.#change((stored) => stored && lookedAgain(stored, to));
  }

  async #change(make: (stored: Progress | null) => Progress | null): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const next = make(this.#seen.progress);
      if (next === null) {
        return;
      }
      if (this.isCurrent && isDeepStrictEqual(next, this.#seen.progress)) {
        return;
      }
      const stored = toJsonProperties({ ...next, version: stateVersion });
      const etag = await this.#rows.put(rowKeys.progress, stored, this.#seen.etag);
      if (etag !== null) {
        this.#seen = { progress: next, version: stateVersion, etag };
        return;
      }
      await this.read();
      // Otherwise concurrent runs would collide at every attempt.
      await sleep(Math.random() * 100 * (attempt + 1));
    }
    throw new UpstreamError("state table", "other runs keep changing the watermark", true);
  }
}

const nothing = { progress: null, version: 1, etag: null } as const;
