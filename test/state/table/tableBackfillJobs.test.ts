import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TableBackfillJobs } from "../../../src/state/table/tableBackfillJobs.ts";
import { connectTable } from "../../../src/state/table/tableConnection.ts";
import { startAzurite, type Azurite } from "../../../standins/azurite.ts";
import type { BackfillPart, BackfillRequest } from "../../../src/run/backfillJob.ts";
import { time } from "../../builders.ts";
import { certificate, connection, credential, Tap } from "../../azure/wire.ts";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite(certificate);
}, 60_000);
afterAll(() => azurite.stop());

let table: string;
let jobs: TableBackfillJobs;
let tap: Tap;
beforeEach(() => {
  table = `jobs${randomUUID().replaceAll("-", "")}`;
  [jobs, tap] = connect();
});

function connect(): readonly [TableBackfillJobs, Tap] & [TableBackfillJobs, Tap] {
  const client = connectTable(azurite, table, () => credential(), connection);
  return [new TableBackfillJobs(client), new Tap(client.pipeline)];
}

const request: BackfillRequest = {
  from: time("08:00:00"),
  to: time("09:00:00"),
  rules: ["explicit-mfa-deny"],
  workspaces: ["east/west", "north#south?"],
  dryRun: false,
};

const parts: readonly BackfillPart[] = request.workspaces.map((workspace) => ({
  workspace,
  state: "queued",
  cursor: request.from,
  end: request.to,
  slicesDone: 0,
  slices: 12,
  counts: { rows: 0, denials: 0, opened: 0, updated: 0 },
  errors: [],
}));

async function end(id: string, state: BackfillPart["state"]): Promise<void> {
  for (const { workspace } of parts) {
    const { part, version } = (await jobs.readPart(id, workspace))!;
    expect(await jobs.writePart(id, { ...part, state }, version)).not.toBeNull();
  }
}

describe("a backfill", () => {
  test("is read as it was begun", async () => {
    const job = await jobs.begin(request, parts);
    const [others] = connect();
    const read = await others.read(job.id);
    expect(read).toMatchObject({ id: job.id, request });
    expect(read?.parts.toSorted((a, b) => a.workspace.localeCompare(b.workspace))).toEqual(parts);
  });

  test("that nobody began is none", async () => {
    expect(await jobs.read(randomUUID())).toBeNull();
    expect(await jobs.readPart(randomUUID(), "east/west")).toBeNull();
    const { id } = await jobs.begin(request, parts);
    expect(await jobs.read(randomUUID())).toBeNull();
    expect(await jobs.readPart(id, "nowhere")).toBeNull();
  });

  test("that is asked for again is the same while it runs, and another one afterwards", async () => {
    const { id } = await jobs.begin(request, parts);
    expect((await jobs.begin({ ...request }, parts)).id).toBe(id);
    const { part, version } = (await jobs.readPart(id, "east/west"))!;
    await jobs.writePart(id, { ...part, state: "done" }, version);
    expect((await jobs.begin(request, parts)).id).toBe(id);
    for (const state of ["done", "failed", "cancelled"] as const) {
      const running = await jobs.begin(request, parts);
      await end(running.id, state);
      const next = await jobs.begin(request, parts);
      expect(next.id).not.toBe(running.id);
    }
    expect(await jobs.read(id)).toMatchObject({ id });
  });

  test.each<[string, Partial<BackfillRequest>]>([
    ["of another range", { to: request.to - 1 }],
    ["by other rules", { rules: ["mfa-deny-then-approve"] }],
    ["of other workspaces", { workspaces: ["east/west"] }],
    ["that is dry", { dryRun: true }],
  ])("%s is another one", async (_, other) => {
    const { id } = await jobs.begin(request, parts);
    expect((await jobs.begin({ ...request, ...other }, parts)).id).not.toBe(id);
  });

  test("that several ask for at once is one", async () => {
    const begun = await Promise.all(
      Array.from({ length: 6 }, () => connect()[0].begin(request, parts)),
    );
    expect(new Set(begun.map(({ id }) => id)).size).toBe(1);
  });

  test("whose answer got lost is the one that was begun", async () => {
    await jobs.begin({ ...request, dryRun: true }, parts);
    tap.pass();
    tap.pass();
    tap.loseAnswer();
    const { id } = await jobs.begin(request, parts);
    expect((await connect()[0].begin(request, parts)).id).toBe(id);
  });
});

describe("a part", () => {
  test("is written by one of two readers, and the other gets a conflict", async () => {
    const { id } = await jobs.begin(request, parts);
    const { part, version } = (await jobs.readPart(id, "east/west"))!;
    const [others] = connect();
    const next = await others.writePart(id, { ...part, slicesDone: 1 }, version);
    expect(next).not.toBeNull();
    expect(await jobs.writePart(id, { ...part, slicesDone: 7 }, version)).toBeNull();
    expect(await jobs.writePart(id, { ...part, slicesDone: 2 }, next!)).not.toBeNull();
    expect((await others.readPart(id, "east/west"))?.part.slicesDone).toBe(2);
    expect((await others.readPart(id, "north#south?"))?.part.slicesDone).toBe(0);
  });

  test("whose answer got lost was written, so that the work goes on", async () => {
    const { id } = await jobs.begin(request, parts);
    const { part, version } = (await jobs.readPart(id, "east/west"))!;
    tap.loseAnswer();
    const next = await jobs.writePart(id, { ...part, slicesDone: 1 }, version);
    expect(next).not.toBeNull();
    expect(await jobs.writePart(id, { ...part, slicesDone: 2 }, next!)).not.toBeNull();
  });
});

describe("the lane of backfills", () => {
  const [now, until] = [time("09:00:00"), time("09:10:00")];

  test("takes one owner at a time, and the next when it is left", async () => {
    const [others] = connect();
    expect(await jobs.enterLane("a", now, until)).toBe(true);
    expect(await others.enterLane("b", now, until)).toBe(false);
    await others.leaveLane("b");
    expect(await others.enterLane("b", now, until)).toBe(false);
    await jobs.leaveLane("a");
    expect(await others.enterLane("b", now, until)).toBe(true);
  });

  test("takes its owner again, so that a step that comes again goes on", async () => {
    expect(await jobs.enterLane("a", now, until)).toBe(true);
    expect(await jobs.enterLane("a", now, until)).toBe(true);
  });

  test("opens by itself when an owner died in it", async () => {
    await jobs.enterLane("a", now, until);
    expect(await jobs.enterLane("b", until - 1, until + 1)).toBe(false);
    expect(await jobs.enterLane("b", until, until + 1)).toBe(true);
  });

  test("takes only one of two that find it empty at once", async () => {
    const [others] = connect();
    const entered = await Promise.all([
      jobs.enterLane("a", now, until),
      others.enterLane("b", now, until),
    ]);
    expect(entered.filter(Boolean)).toHaveLength(1);
  });
});

describe("pruning", () => {
  const later = Date.now() + 3_600_000;

  test("forgets finished jobs with all their rows, and keeps those that are not", async () => {
    const done = await jobs.begin(request, parts);
    await end(done.id, "done");
    const running = await jobs.begin({ ...request, dryRun: true }, parts);
    await jobs.enterLane("a", 0, 1);
    expect(await jobs.prune(later)).toBe(1);
    expect([await jobs.read(done.id), (await jobs.read(running.id))?.id]).toEqual([
      null,
      running.id,
    ]);
    expect(await jobs.enterLane("b", 0, 1)).toBe(false);
  });

  test("forgets a job that was asked for again since, and what belongs to each elsewhere first", async () => {
    const first = await jobs.begin(request, parts);
    await end(first.id, "done");
    const second = await jobs.begin(request, parts);
    await end(second.id, "done");
    expect((await jobs.read(first.id))?.id).toBe(first.id);
    const forgotten: string[] = [];
    const forget = async ({ id }: { readonly id: string }) => {
      expect(await jobs.read(id)).not.toBeNull();
      forgotten.push(id);
    };
    expect(await jobs.prune(later, forget)).toBe(2);
    expect(forgotten.toSorted()).toEqual([first.id, second.id].toSorted());
    expect([await jobs.read(first.id), await jobs.read(second.id)]).toEqual([null, null]);
  });

  test("keeps what is not old enough", async () => {
    const done = await jobs.begin(request, parts);
    await end(done.id, "done");
    expect(await jobs.prune(Date.now() - 3_600_000)).toBe(0);
    expect((await jobs.read(done.id))?.id).toBe(done.id);
  });
});
