import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import { DiskState } from "../../src/state/disk/diskState.ts";
import { startAzurite, type Azurite } from "../../standins/azurite.ts";
import { makeCertificate } from "../../standins/certificate.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import type { StateStore } from "../../src/run/ports.ts";
import { stateStoreContract } from "./stateStore.ts";

stateStoreContract("the store in memory", () => {
  const store = new MemoryStore();
  return Promise.resolve({ open: () => store });
});

describe("on disk", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "state-store-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  stateStoreContract("the store in a folder, opened and closed at every step", () => {
    const store = reopening(join(folder, randomUUID()));
    return Promise.resolve({ open: () => store });
  });
});

describe("in Azure Table Storage", () => {
  let azurite: Azurite;
  const certificate = makeCertificate();
  beforeAll(async () => {
    azurite = await startAzurite(certificate);
  }, 60_000);
  afterAll(() => azurite.stop());
  const table = (name: string) =>
    connectTable(
      azurite,
      name,
      () => {
        throw new Error("a connection string needs no credential");
      },
      { tlsOptions: { ca: certificate.cert } },
    );

  stateStoreContract("the store in a table", () => {
    const name = randomUUID();
    return Promise.resolve({ open: () => new TableState(table("states"), name) });
  });

  test("states in one table are apart by name", async () => {
    const [one, two] = ["one", "two"].map((name) => new TableState(table("states"), name));
    const progress = {
      publishedTo: 1,
      lastRunAt: 1,
      lastSuccessAt: 1,
      lastError: null,
      pending: 0,
    };
    await one!.saveProgress(progress);
    expect(await two!.open()).toEqual({ progress: null, due: [] });
  });
});

/** Every call is a separate process. They take turns, because only one can lock the folder. */
function reopening(folder: string): StateStore {
  let turn: Promise<unknown> = Promise.resolve();
  const once = <T>(work: (store: StateStore) => Promise<T>): Promise<T> => {
    const result = turn.then(async () => {
      const state = await DiskState.open(folder);
      try {
        const answer = await work(state.store);
        await state.commit();
        return answer;
      } finally {
        await state.close();
      }
    });
    turn = result.catch(() => undefined);
    return result;
  };
  return {
    open: () => once((store) => store.open()),
    readProgress: () => once((store) => store.readProgress()),
    readIndex: (most) => once((store) => store.readIndex(most)),
    readOwners: (aliases) => once((store) => store.readOwners(aliases)),
    readHead: (subject, from) => once((store) => store.readHead(subject, from)),
    write: (change) => once((store) => store.write(change)),
    saveProgress: (progress) => once((store) => store.saveProgress(progress)),
    saveLookedAgain: (to) => once((store) => store.saveLookedAgain(to)),
    prune: (before) => once((store) => store.prune(before)),
  };
}
