import { describe, expect, test } from "vitest";
import { laterProgress, MemoryStore } from "../../src/state/memoryStore.ts";
import type { DueItem, SubjectRecord, Progress } from "../../src/run/ports.ts";

const subject = {
  rule: "explicit-mfa-deny",
  workspaceId: null,
  tenantId: "t-1",
  user: "alice@contoso.com",
};

function burst(id: string, to: number): SubjectRecord["bursts"][number] {
  return {
    id,
    firstRecordedAt: to - 10,
    extent: { from: to - 10, to },
    kind: "sliding",
    windowMs: 900_000,
    facts: {
      denials: 5,
      atLeast: false,
      fraudReports: 0,
      firstDenialAt: to - 10,
      triggeredAt: to,
      lastDenialAt: to,
      severity: "Medium",
      approval: null,
    },
    mergedInto: null,
    revision: 1,
    severitySince: 1,
  };
}

const progress = (publishedTo: number): Progress => ({
  publishedTo,
  lastRunAt: 1,
  lastSuccessAt: 1,
  lastError: null,
  pending: 0,
});

const due = (burstId: string, dueAt: number): DueItem => ({
  subject,
  burstId,
  dueAt,
  attempts: 0,
  lane: "live",
  incident: null,
  mergedInto: null,
  watch: null,
});

async function written(
  store: MemoryStore,
  ...bursts: SubjectRecord["bursts"]
): Promise<SubjectRecord> {
  const head = await store.readHead(subject);
  const stored = await store.write({ head: { ...head, bursts } });
  if (stored === null || stored === "conflict") {
    throw new Error("not written");
  }
  return stored;
}

describe("heads", () => {
  test("are empty where nothing is recorded, and as written afterwards", async () => {
    const store = new MemoryStore();
    expect(await store.readHead(subject)).toEqual({
      subject,
      bursts: [],
      deliveries: {},
      version: null,
    });
    const head = await written(store, burst("a", 20));
    expect(await store.readHead(subject)).toEqual(head);
  });

  test.each([["rule"], ["workspaceId"], ["tenantId"], ["user"]] as const)(
    "are apart by %s",
    async (part) => {
      const store = new MemoryStore();
      await written(store, burst("a", 20));
      expect((await store.readHead({ ...subject, [part]: "other" })).bursts).toEqual([]);
    },
  );

  test("are not written by one who read before another wrote, and nothing else of it is", async () => {
    const store = new MemoryStore();
    const before = await store.readHead(subject);
    await written(store, burst("a", 20));
    const change = { head: { ...before, bursts: [burst("b", 30)] }, put: [due("b", 1)] };
    expect(await store.write(change)).toBe("conflict");
    expect((await store.readHead(subject)).bursts.map(({ id }) => id)).toEqual(["a"]);
    expect((await store.open()).due).toEqual([]);
  });
});

describe("due items", () => {
  test("come oldest first, one for each burst, until they are dropped", async () => {
    const store = new MemoryStore();
    expect(await store.write({ put: [due("a", 3), due("b", 1)] })).toBeNull();
    await store.write({ put: [due("a", 2)] });
    expect((await store.open()).due.map(({ burstId, dueAt }) => [burstId, dueAt])).toEqual([
      ["b", 1],
      ["a", 2],
    ]);
    await store.write({ drop: [due("b", 99)] });
    expect((await store.open()).due.map(({ burstId }) => burstId)).toEqual(["a"]);
  });
});

describe("the watermark", () => {
  test("never goes back, while the rest of the progress is the last run's", async () => {
    const store = new MemoryStore();
    expect((await store.open()).progress).toBeNull();
    await store.saveProgress(progress(10));
    await store.saveProgress({ ...progress(5), lastRunAt: 7 });
    expect((await store.open()).progress).toEqual({ ...progress(10), lastRunAt: 7 });
  });

  test("includes the result of the run that began last, whichever ended last", () => {
    const failed = { ...progress(10), lastRunAt: 9, lastError: "no answer", pending: 3 };
    const older = { ...progress(20), lastRunAt: 8 };
    const both = { ...failed, publishedTo: 20 };
    expect(laterProgress(failed, older)).toEqual(both);
    expect(laterProgress(older, failed)).toEqual(both);
  });

  test("includes the last success, if there was one", () => {
    const lastSuccess = (a: number | null, b: number | null) =>
      laterProgress({ ...progress(10), lastSuccessAt: a }, { ...progress(10), lastSuccessAt: b })
        .lastSuccessAt;
    expect([
      lastSuccess(null, null),
      lastSuccess(null, 5),
      lastSuccess(5, null),
      lastSuccess(5, 7),
      lastSuccess(7, 5),
    ]).toEqual([null, 5, 5, 7, 7]);
  });

  test("of the first run is its own", () => {
    expect(laterProgress(null, progress(5))).toEqual(progress(5));
  });
});

describe("pruning", () => {
  test("forgets what ended before, not what ended then, and says how much", async () => {
    const store = new MemoryStore();
    await written(store, burst("a", 20), burst("b", 30));
    expect(await store.prune(20)).toBe(0);
    expect(await store.prune(21)).toBe(1);
    expect((await store.readHead(subject)).bursts.map(({ id }) => id)).toEqual(["b"]);
    expect(await store.prune(31)).toBe(1);
    expect(store.snapshot().heads).toEqual([]);
  });

  test("is a write: earlier readers must read again", async () => {
    const store = new MemoryStore();
    const head = await written(store, burst("a", 20), burst("b", 30));
    await store.prune(21);
    expect(await store.write({ head })).toBe("conflict");
    await store.write({ head: await store.readHead(subject) });
    expect(await store.write({ head })).toBe("conflict");
  });

  test("leaves a record alone if nothing in it ended", async () => {
    const store = new MemoryStore();
    const head = await written(store, burst("a", 20), burst("b", 30));
    await store.prune(20);
    expect(await store.readHead(subject)).toEqual(head);
  });

  test("forgets how far bursts were sent that it forgets, and keeps it of the others", async () => {
    const store = new MemoryStore();
    const bursts = [burst("a", 20), burst("b", 30), burst("c", 40)];
    const deliveries = {
      a: { sent: { logs: 1 }, claim: null },
      b: { sent: { logs: 2 }, claim: null },
    };
    await store.write({ head: { ...(await store.readHead(subject)), bursts, deliveries } });
    await store.prune(21);
    expect((await store.readHead(subject)).deliveries).toEqual({ b: deliveries.b });
    expect(Object.keys((await store.readHead(subject)).deliveries)).toEqual(["b"]);
  });
});

test("a snapshot brings everything back, through JSON as well", async () => {
  const store = new MemoryStore();
  const head = await written(store, burst("a", 20));
  await store.write({ put: [due("a", 1)] });
  await store.saveProgress(progress(10));
  const copy = new MemoryStore(JSON.parse(JSON.stringify(store.snapshot())));
  expect(copy.snapshot()).toEqual(store.snapshot());
  expect(await copy.open()).toEqual(await store.open());
  const next = await copy.write({ head });
  expect(next).not.toBe("conflict");
  expect(await copy.write({ head })).toBe("conflict");
});
