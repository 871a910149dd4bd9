import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Sighting } from "../../../src/detection/signin/sighting.ts";
import { DiskState, isStateFile } from "../../../src/state/disk/diskState.ts";
import type { SubjectRecord } from "../../../src/run/ports.ts";
import { temporaryFolder } from "../../cli/terminal.ts";

const alice = { tenantId: "t-1", user: "alice@contoso.com", name: "alice@contoso.com" };
const subject = {
  rule: "explicit-mfa-deny",
  workspaceId: null,
  tenantId: alice.tenantId,
  user: alice.user,
};
const approval = {
  source: "step",
  at: 1_773_133_200_000,
  request: "r-1",
  requestAlias: null,
  requestBy: "original",
  ipAddress: "203.0.113.10",
  publishedAt: null,
} as const;
const sighting: Sighting = {
  source: "step",
  outcome: "denied",
  at: 1_773_133_200_000,
  askedAt: null,
  request: "r-1",
  requestAlias: null,
  requestBy: "original",
  lends: false,
  details: "whole",
  method: "mobile app notification",
  second: 1_773_133_200,
  publishedAt: null,
  origin: {
    userId: null,
    userName: null,
    ipAddress: "203.0.113.10",
    location: null,
    application: null,
    appId: null,
    userAgent: "a\u2028b",
    device: null,
    guest: false,
  },
};
const burst: SubjectRecord["bursts"][number] = {
  id: "b-1",
  firstRecordedAt: 1,
  extent: { from: 1, to: 2 },
  kind: "sliding",
  windowMs: 900_000,
  facts: {
    denials: 5,
    atLeast: false,
    fraudReports: 0,
    firstDenialAt: 1,
    triggeredAt: 2,
    lastDenialAt: 2,
    severity: "Medium",
    approval: null,
  },
  mergedInto: null,
  revision: 1,
  severitySince: 1,
};

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) {
    list.push(value);
  }
  return list;
}

/** Everything a state remembers, read by a process that comes later. */
async function remembered(folder: string) {
  const state = await DiskState.open(folder);
  const held = {
    bursts: (await state.store.readHead(subject)).bursts,
    sightings: await all(state.sightings()),
    approvals: await all(state.approvals(() => true)),
  };
  await state.close();
  return held;
}

async function add(state: DiskState): Promise<void> {
  state.addSightings([[alice, sighting]]);
  state.addApproval(alice, approval);
  const head = await state.store.readHead(subject);
  await state.store.write({ head: { ...head, bursts: [burst] } });
}

const nothing = { bursts: [], sightings: [], approvals: [] };
const everything = {
  bursts: [burst],
  sightings: [[alice, sighting]],
  approvals: [[alice, approval]],
};

test("committed data is there for the next run, everything else is not", async () => {
  const folder = join(temporaryFolder(), "state");
  const first = await DiskState.open(folder);
  await add(first);
  expect(await all(first.sightings())).toEqual([]);
  expect(await all(first.approvals(() => true))).toEqual([[alice, approval]]);
  await first.close();
  expect(existsSync(folder)).toBe(false);

  const second = await DiskState.open(folder);
  await add(second);
  await second.commit();
  await second.close();
  expect(await remembered(folder)).toEqual(everything);

  const third = await DiskState.open(folder);
  await add(third);
  await third.close();
  expect(await remembered(folder)).toEqual(everything);
});

describe("what rules recorded before they had families", () => {
  const ofRule = { ...subject, rule: "mfa-deny-then-approve" };
  const theirs = { ...burst, id: "b-2", extent: { from: 5, to: 6 } };
  const sent = { sentRevision: 1, sentAt: 6 };
  const found = { ...theirs, rules: ["mfa-deny-then-approve"] };

  /** As the version before wrote it: the store of today would lead to the family. */
  function written(heads: readonly object[]): string {
    const folder = temporaryFolder();
    const due = [{ subject: ofRule, burstId: "b-2", dueAt: 9, purpose: "watch" }];
    const lists = { heads, due, sightings: [], approvals: [], progress: null };
    writeFileSync(join(folder, "state.json"), JSON.stringify({ schemaVersion: 1, ...lists }));
    return folder;
  }
  const head = (of: object, bursts: readonly object[], deliveries: object) => ({
    subject: of,
    bursts,
    deliveries,
    version: "1",
  });

  test.each([
    ["with records of its own", [head(subject, [burst], {})], [burst, found]],
    ["without", [], [found]],
  ])("is read by their family %s", async (_, own, bursts) => {
    const folder = written([head(ofRule, [theirs], { "b-2": sent }), ...own]);
    const state = await DiskState.open(folder);
    const read = await state.store.readHead(subject);
    expect(read.bursts).toEqual(bursts);
    expect(read.deliveries).toEqual({ "b-2": sent });
    const { due } = await state.store.open();
    expect(due.map((item) => [item.burstId, item.subject.rule])).toEqual([["b-2", subject.rule]]);
    expect(await state.store.write({ head: read })).not.toBe("conflict");
    await state.commit();
    await state.close();
    expect((await remembered(folder)).bursts).toEqual(bursts);
  });
});

test("runs add to each other, and one that adds nothing leaves no journal", async () => {
  const folder = temporaryFolder();
  for (let run = 0; run < 4; run++) {
    const state = await DiskState.open(folder);
    if (run % 2 === 0) {
      state.addApproval(alice, { ...approval, at: approval.at + run });
    }
    if (run === 2) {
      state.addSightings([[alice, sighting]]);
    }
    await state.commit();
    await state.close();
  }
  const { sightings, approvals } = await remembered(folder);
  expect(approvals.map(([, { at }]) => at)).toEqual([approval.at, approval.at + 2]);
  expect(sightings).toHaveLength(1);
  expect(readdirSync(folder).toSorted()).toEqual([
    "approvals-000001.ndjson",
    "approvals-000002.ndjson",
    "sightings-000002.ndjson",
    "state.json",
  ]);
});

test("approvals are read of the accounts wanted only, from before and from now", async () => {
  const folder = temporaryFolder();
  const first = await DiskState.open(folder);
  await add(first);
  await first.commit();
  await first.close();
  const second = await DiskState.open(folder);
  second.addApproval(
    { tenantId: null, user: "bob@contoso.com", name: "bob@contoso.com" },
    approval,
  );
  expect(await all(second.approvals(() => true))).toHaveLength(2);
  expect(await all(second.approvals(({ tenantId }) => tenantId === null))).toHaveLength(1);
  await second.close();
});

describe("a folder that was made for a run that fails", () => {
  test("goes again, with those above it that were made for it", async () => {
    const above = temporaryFolder();
    const state = await DiskState.open(join(above, "a", "b", "c"));
    await add(state);
    await state.close();
    expect(readdirSync(above)).toEqual([]);
  });

  test("stays where somebody put something into it in between", async () => {
    const above = temporaryFolder();
    const state = await DiskState.open(join(above, "a", "b"));
    writeFileSync(join(above, "a", "note"), "mine");
    await state.close();
    expect(readdirSync(above)).toEqual(["a"]);
    expect(readdirSync(join(above, "a"))).toEqual(["note"]);
  });

  test("stays where it was there before, even empty", async () => {
    const folder = temporaryFolder();
    await (await DiskState.open(folder)).close();
    expect(existsSync(folder)).toBe(true);
  });
});

describe("a commit that fails", () => {
  test("leaves the old state, and the lock is given back", async () => {
    const folder = temporaryFolder();
    const first = await DiskState.open(folder);
    await add(first);
    await first.commit();
    await first.close();
    const before = readFileSync(join(folder, "state.json"), "utf8");

    const second = await DiskState.open(folder);
    await add(second);
    mkdirSync(join(folder, `state.json.${process.pid}.tmp`));
    await expect(second.commit()).rejects.toThrow(
      `${join(folder, "state.json")}: cannot be written (EISDIR)`,
    );
    await second.close();
    expect(readFileSync(join(folder, "state.json"), "utf8")).toBe(before);
    expect(readdirSync(folder).filter((name) => name.startsWith("lock"))).toEqual([]);
  });

  test("for want of a journal gives the lock back as well", async () => {
    const folder = temporaryFolder();
    const state = await DiskState.open(folder);
    await add(state);
    mkdirSync(join(folder, "sightings-000001.ndjson"));
    await expect(state.commit()).rejects.toThrow("sightings-000001.ndjson: cannot be written");
    await state.close();
    expect(readdirSync(folder)).toEqual(["sightings-000001.ndjson"]);
  });
});

test("two cannot lock one folder, and the refused one changes nothing", async () => {
  const folder = temporaryFolder();
  const first = await DiskState.open(folder);
  await add(first);
  await all(first.approvals(() => true));
  await expect(DiskState.open(folder)).rejects.toThrow("in use by process");
  await first.commit();
  await first.close();
  expect(await remembered(folder)).toEqual(everything);
});

test("a folder with other content releases its lock when it is refused", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "state.json"), "[]");
  await expect(DiskState.open(folder)).rejects.toThrow("is damaged, or not a state of this tool");
  expect(readdirSync(folder)).toEqual(["state.json"]);
  expect(await remembered(temporaryFolder())).toEqual(nothing);
});

test.each([
  ["state.json", true],
  ["sightings-000001.ndjson", true],
  ["approvals-1000000.ndjson", true],
  ["mystate.json", false],
  ["sightings.ndjson", false],
  ["signins-000001.ndjson", false],
])("%s is a part of a state: %s", (name, expected) => {
  expect(isStateFile(name)).toBe(expected);
});
