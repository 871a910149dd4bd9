import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DryRunTable, forgetDryRun } from "../../../src/state/table/dryRunTable.ts";
import { connectTable } from "../../../src/state/table/tableConnection.ts";
import { TableState } from "../../../src/state/table/tableState.ts";
import { startAzurite, type Azurite } from "../../../standins/azurite.ts";
import { certificate, connection, credential } from "../../azure/wire.ts";
import { time } from "../../builders.ts";
import { id, incident } from "../../run/incidents.ts";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite(certificate);
}, 60_000);
afterAll(() => azurite.stop());

let name: string;
let table: DryRunTable;
const lines: (readonly [string, object])[] = [];
const line = (event: string, fields: object) => void lines.push([event, fields]);
const log = { info: line, warn: line, error: line };
const client = () => connectTable(azurite, "states", () => credential(), connection);

beforeEach(() => {
  name = randomUUID();
  table = new DryRunTable(client(), name);
  lines.length = 0;
});

const other = "6513270e-269e-5d37-a2f7-000000000002";

test("what would have been opened is listed as it is now, users and all, and logged", async () => {
  const sink = table.sink(log);
  await sink.deliver(incident(1));
  await sink.deliver({ ...incident(2), sentRevision: 1 });
  await sink.deliver({ ...incident(1), id: other });
  await sink.noteMerge(other, id);
  await sink.noteMerge("6513270e-269e-5d37-a2f7-000000000003", id);
  const listed = await table.list();
  expect(listed).toHaveLength(2);
  expect(listed.find((each) => each.id === id)).toMatchObject({
    revision: 2,
    title: "MFA push attack on alice@contoso.com",
    severity: "Medium",
    user: "alice@contoso.com",
    rule: "explicit-mfa-deny",
    denials: 5,
    firstDenialAt: "2026-03-10T09:00:00.000Z",
    mergedInto: null,
  });
  expect(listed.find((each) => each.id === other)).toMatchObject({ mergedInto: id });
  expect(lines.map(([event]) => event)).toEqual([
    "would open",
    "would update",
    "would open",
    "would merge",
    "would merge",
  ]);
  expect(lines[0]?.[1]).toMatchObject({ id, user: "alice@contoso.com", denials: 5 });
});

test("it stands in no way of the dry run's state, is pruned with it, and goes with it", async () => {
  const state = new TableState(client(), name);
  await table.sink(log).deliver(incident(1));
  expect(await state.open()).toEqual({ progress: null, due: [] });
  await state.prune(time("09:00"));
  expect(await table.list()).toHaveLength(1);
  await state.prune(time("09:00") + 1);
  expect(await table.list()).toEqual([]);
  await table.sink(log).deliver(incident(1));
  const now = time("10:00");
  await state.firstSeenAt(now);
  await table.clear();
  expect(await table.list()).toEqual([]);
  expect(await state.firstSeenAt(now + 1)).toBe(now + 1);
});

test("it is forgotten whole once it ended long ago; before that, what it found long ago", async () => {
  const state = new TableState(client(), name);
  const at = time("10:00");
  const progress = {
    publishedTo: at,
    lastRunAt: at,
    lastSuccessAt: at,
    lastError: null,
    pending: 0,
  };
  await state.open();
  await state.saveProgress(progress);
  await table.sink(log).deliver(incident(1));
  await forgetDryRun(client(), name, time("08:00"));
  expect(await table.list()).toHaveLength(1);
  await forgetDryRun(client(), name, time("09:30"));
  expect(await table.list()).toEqual([]);
  const left = async () => new TableState(client(), name).readProgress();
  expect(await left()).toMatchObject({ lastRunAt: at });
  await forgetDryRun(client(), name, at + 1);
  expect(await left()).toBeNull();
});

test("a dry run that never was has nothing to forget", async () => {
  await table.sink(log).deliver(incident(1));
  await forgetDryRun(client(), name, Infinity);
  expect(await table.list()).toHaveLength(1);
});
