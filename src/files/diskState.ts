import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "../detection/classify.ts";
import type { Approval, Sighting } from "../detection/sighting.ts";
import { MemoryStore } from "../pipeline/memoryStore.ts";
import type { Head, Ledger } from "../pipeline/ports.ts";
import { Journal, readJournal } from "./journal.ts";
import { lockFolder } from "./lock.ts";
import { StateError } from "./stateError.ts";
import { accountsWanted, type AccountApproval } from "./tempLedger.ts";
import { syncFolder, writeAtomically } from "./writeAtomically.ts";

const schemaVersion = 1;

/** `state.json`: the one file that says what counts; journals that it does not name do not exist. */
interface Snapshot {
  readonly schemaVersion: typeof schemaVersion;
  readonly heads: readonly Head[];
  /** Names of the journals of earlier runs, oldest first. */
  readonly sightings: readonly string[];
  readonly approvals: readonly string[];
}

interface AccountSighting extends Account {
  readonly sighting: Sighting;
}

/**
 * Records and ledger in a folder. A run adds journals of its own and at the end replaces `state.json`, which
 * names them: a process that dies before has changed nothing.
 */
export class DiskState implements Ledger {
  readonly store: MemoryStore;
  readonly #folder: string;
  readonly #snapshot: Snapshot;
  readonly #newSightings: Journal<AccountSighting>;
  readonly #newApprovals: Journal<AccountApproval>;
  readonly #unlock: () => Promise<void>;

  private constructor(folder: string, snapshot: Snapshot, unlock: () => Promise<void>) {
    const number = String(snapshot.sightings.length + snapshot.approvals.length + 1).padStart(
      6,
      "0",
    );
    this.store = new MemoryStore(snapshot.heads);
    this.#folder = folder;
    this.#snapshot = snapshot;
    this.#newSightings = new Journal(join(folder, `sightings-${number}.ndjson`));
    this.#newApprovals = new Journal(join(folder, `approvals-${number}.ndjson`));
    this.#unlock = unlock;
  }

  /** @throws StateError when another process holds the folder or it holds something else than a state */
  static async open(folder: string): Promise<DiskState> {
    const unlock = await reachFolder(folder);
    try {
      const snapshot = await readSnapshot(folder);
      await removeLeftovers(folder, snapshot);
      return new DiskState(folder, snapshot, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  async *sightings(): AsyncGenerator<readonly [Account, Sighting]> {
    for (const name of this.#snapshot.sightings) {
      for await (const line of this.#read<AccountSighting>(name)) {
        yield [{ tenantId: line.tenantId, user: line.user }, line.sighting];
      }
    }
  }

  addSighting({ tenantId, user }: Account, sighting: Sighting): void {
    this.#newSightings.add({ tenantId, user, sighting });
  }

  addApproval({ tenantId, user }: Account, approval: Approval): void {
    this.#newApprovals.add({ tenantId, user, approval });
  }

  async *approvals(
    wanted: (account: Account) => boolean,
  ): AsyncGenerator<readonly [Account, Approval]> {
    for (const name of this.#snapshot.approvals) {
      yield* accountsWanted(this.#read<AccountApproval>(name), wanted);
    }
    yield* accountsWanted(this.#newApprovals.read(), wanted);
  }

  async commit(): Promise<void> {
    this.#newSightings.close();
    this.#newApprovals.close();
    await syncFolder(this.#folder);
    const snapshot: Snapshot = {
      schemaVersion,
      heads: this.store.heads(),
      sightings: [...this.#snapshot.sightings, ...nameOf(this.#newSightings)],
      approvals: [...this.#snapshot.approvals, ...nameOf(this.#newApprovals)],
    };
    await writeAtomically(join(this.#folder, snapshotName), JSON.stringify(snapshot));
  }

  async close(): Promise<void> {
    this.#newSightings.close();
    this.#newApprovals.close();
    await this.#unlock();
  }

  async *#read<T>(name: string): AsyncGenerator<T> {
    const path = join(this.#folder, name);
    try {
      yield* readJournal<T>(path);
    } catch (cause) {
      throw new StateError(`${path}: cannot be read as a journal of this tool`, { cause });
    }
  }
}

const snapshotName = "state.json";
const journalName = /^(?:sightings|approvals)-\d{6,}\.ndjson$/;

function nameOf(journal: Journal<unknown>): readonly string[] {
  return journal.used ? [journal.path.slice(journal.path.lastIndexOf("/") + 1)] : [];
}

async function reachFolder(folder: string): Promise<() => Promise<void>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await lockFolder(folder);
  } catch (cause) {
    throw cause instanceof StateError
      ? cause
      : new StateError(`${folder}: cannot be used as a state folder`, { cause });
  }
}

async function readSnapshot(folder: string): Promise<Snapshot> {
  const path = join(folder, snapshotName);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      return { schemaVersion, heads: [], sightings: [], approvals: [] };
    }
    throw new StateError(`${path}: cannot be read`, { cause });
  }
  try {
    const snapshot = JSON.parse(text) as Partial<Snapshot>;
    if (snapshot.schemaVersion === schemaVersion) {
      return snapshot as Snapshot;
    }
  } catch (cause) {
    throw new StateError(`${path}: is not a state of this tool (no JSON)`, { cause });
  }
  throw new StateError(
    `${path}: is no state that this version knows; it reads schemaVersion ${String(schemaVersion)}`,
  );
}

/** Journals and drafts of a run that died before it could name them. */
async function removeLeftovers(folder: string, { sightings, approvals }: Snapshot): Promise<void> {
  const known = new Set([...sightings, ...approvals]);
  for (const name of await readdir(folder)) {
    if ((journalName.test(name) && !known.has(name)) || name.endsWith(".tmp")) {
      await rm(join(folder, name), { force: true });
    }
  }
}
