import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { RowAccount } from "../../detection/signin/account.ts";
import type { Approval, Sighting } from "../../detection/signin/sighting.ts";
import { MemoryStore } from "../memoryStore.ts";
import type { PendingJoin } from "../../run/inputSeen.ts";
import type { Ledger, RecordedBindings } from "../../run/ports.ts";
import {
  isAccountApproval,
  isAccountSighting,
  readSightingLine,
  type AccountApproval,
  type AccountSighting,
} from "./journalLines.ts";
import { Journal, readJournal } from "./journal.ts";
import { lockFolder } from "./lock.ts";
import { journalName, readSnapshot, schemaVersion, type Snapshot } from "./snapshot.ts";
import { PendingFile, pendingName } from "./pendingFile.ts";
import { StateError } from "./stateError.ts";
import { accountsWanted } from "./tempLedger.ts";
import { syncFolder, writeAtomically } from "./writeAtomically.ts";

/**
 * Records and ledger in a folder. A run adds its own journals and at the end replaces `state.json`, which names
 * them. If the process dies before that, nothing has changed.
 */
export class DiskState implements Ledger {
  readonly store: MemoryStore;
  readonly #folder: string;
  readonly #snapshot: Snapshot;
  readonly #newSightings: Journal<AccountSighting>;
  readonly #newApprovals: Journal<AccountApproval>;
  readonly #leave: () => Promise<void>;
  readonly #pending: PendingFile;
  #bindings: RecordedBindings;
  #committed = false;

  private constructor(folder: string, snapshot: Snapshot, leave: () => Promise<void>) {
    const count = snapshot.sightings.length + snapshot.approvals.length;
    const number = String(count + 1).padStart(6, "0");
    this.store = new MemoryStore(snapshot);
    this.#folder = folder;
    this.#snapshot = snapshot;
    this.#bindings = snapshot.bindings;
    this.#newSightings = new Journal(join(folder, `sightings-${number}.ndjson`), isAccountSighting);
    this.#newApprovals = new Journal(join(folder, `approvals-${number}.ndjson`), isAccountApproval);
    this.#leave = leave;
    this.#pending = new PendingFile(folder);
  }

  /** @throws StateError if another process uses the folder, or its content is not a state */
  static async open(folder: string): Promise<DiskState> {
    const leave = await enterFolder(folder);
    try {
      const snapshot = await readSnapshot(join(folder, snapshotName));
      await removeLeftovers(folder, snapshot);
      return new DiskState(folder, snapshot, leave);
    } catch (cause) {
      await leave();
      throw StateError.of(folder, "cannot be used as a state folder", cause);
    }
  }

  bindings(): RecordedBindings {
    return this.#bindings;
  }

  bind(bindings: RecordedBindings): void {
    this.#bindings = bindings;
  }

  async *sightings(): AsyncGenerator<readonly [RowAccount, Sighting]> {
    for (const name of this.#snapshot.sightings) {
      const lines = readJournal(join(this.#folder, name), isAccountSighting);
      for await (const line of lines) {
        yield readSightingLine(line);
      }
    }
  }

  addSightings(sightings: Iterable<readonly [RowAccount, Sighting]>): void {
    for (const [account, sighting] of sightings) {
      this.#newSightings.add({ ...account, sighting });
    }
  }

  addApproval(account: RowAccount, approval: Approval): void {
    this.#newApprovals.add({ ...account, approval });
  }

  async *approvals(
    wanted: (account: RowAccount) => boolean,
  ): AsyncGenerator<readonly [RowAccount, Approval]> {
    for (const name of this.#snapshot.approvals) {
      yield* accountsWanted(readJournal(join(this.#folder, name), isAccountApproval), wanted);
    }
    yield* accountsWanted(this.#newApprovals.read(), wanted);
  }

  /** Returns steps and sign-ins that earlier runs could not join. */
  readPending(): Promise<PendingJoin> {
    return this.#pending.read();
  }

  keepPending(pending: PendingJoin): void {
    this.#pending.keep(pending);
  }

  async commit(): Promise<void> {
    const snapshot: Snapshot = {
      schemaVersion,
      ...this.store.snapshot(),
      bindings: this.#bindings,
      sightings: [...this.#snapshot.sightings, ...nameOf(this.#newSightings)],
      approvals: [...this.#snapshot.approvals, ...nameOf(this.#newApprovals)],
    };
    const path = join(this.#folder, snapshotName);
    try {
      this.#newSightings.close();
      this.#newApprovals.close();
      await syncFolder(this.#folder);
      // Written before the state. A pair that is joined twice changes nothing, but one that is never joined would
      // lose a refusal.
      await this.#pending.write();
      await writeAtomically(path, JSON.stringify(snapshot));
    } catch (cause) {
      throw StateError.of(path, "cannot be written", cause);
    }
    this.#committed = true;
  }

  /**
   * Without a preceding commit, the folder is left as it was found. A failed commit has already closed its
   * journals, and they stay, because `state.json` may name them.
   */
  async close(): Promise<void> {
    try {
      if (!this.#committed) {
        this.#newSightings.discard();
        this.#newApprovals.discard();
      }
    } finally {
      await this.#leave();
    }
  }
}

const snapshotName = "state.json";

function nameOf(journal: Journal<unknown>): readonly string[] {
  return journal.used ? [basename(journal.path)] : [];
}

/** @returns a function that releases the folder, and removes it if it was created for this run and is empty */
async function enterFolder(folder: string): Promise<() => Promise<void>> {
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    const unlock = await lockFolder(folder);
    return async () => {
      await unlock();
      if (made !== undefined) {
        await removeEmpty(folder, made);
      }
    };
  } catch (cause) {
    throw StateError.of(folder, "cannot be used as a state folder", cause);
  }
}

/** @param topmost the outermost folder that may be removed */
async function removeEmpty(folder: string, topmost: string): Promise<void> {
  const last = resolve(topmost);
  for (let each = resolve(folder); each.startsWith(last); each = dirname(each)) {
    try {
      await rmdir(each);
    } catch {
      return;
    }
  }
}

const draftName = /^state\.json\.\d+\.tmp$/;

/** Removes journals and drafts of a run that died before it could name them. */
async function removeLeftovers(folder: string, { sightings, approvals }: Snapshot): Promise<void> {
  const known = new Set([...sightings, ...approvals]);
  for (const name of await readdir(folder)) {
    if ((journalName.test(name) && !known.has(name)) || draftName.test(name)) {
      await rm(join(folder, name), { force: true });
    }
  }
}

/** Reports whether a file in a state folder is part of the state, by its name. */
export function isStateFile(name: string): boolean {
  return name === snapshotName || name === pendingName || journalName.test(name);
}
