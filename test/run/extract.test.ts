import { expect, test } from "vitest";
import { noCounts } from "../../src/run/counts.ts";
import { emptyTally } from "../../src/run/coverageTally.ts";
import { Extractor, wholly } from "../../src/run/extract.ts";
import type { LogEntry, Place } from "../../src/run/signInFiles.ts";
import { alice, approved, denied, denialRow, row, time, type Row } from "../builders.ts";
import { rowAccountOf } from "../detection/builders.ts";

const account = rowAccountOf(alice);

const at = (line: number): Place => ({ source: "log.json", line, index: null });

const entry = (record: Row, line = 1): LogEntry => ({ kind: "record", record, place: at(line) });

test("a row gives its sightings and approvals, each with their account", () => {
  const extractor = new Extractor({});
  const steps = [denied("09:00"), approved("09:01"), approved("09:02")];
  extractor.add(entry(row({ at: "09:00", resultType: "0", steps })));
  const { counts, bad, sightings, approvals } = extractor.take();
  expect(counts).toEqual({ ...noCounts(), rows: 1, classified: 1 });
  expect(bad).toEqual([]);
  expect(sightings).toMatchObject([[account, { outcome: "denied", at: time("09:00") }]]);
  expect(approvals).toMatchObject([
    [account, { at: time("09:01") }],
    [account, { at: time("09:02") }],
  ]);
});

test("a row of nobody is counted and gives nothing", () => {
  const extractor = new Extractor({});
  extractor.add(entry(denialRow("09:00", { user: { name: "", id: "" } })));
  const { counts, sightings, approvals } = extractor.take();
  expect(counts.setAside.unattributable).toBe(1);
  expect([sightings, approvals]).toEqual([[], []]);
});

test("what cannot be read is counted, and reported with its place", () => {
  const extractor = new Extractor({});
  const timeless = { authenticationStepDateTime: "soon" };
  const step = denied("09:01", { sequences: false, fields: timeless });
  const fields = { CreatedDateTime: "soon", TimeGenerated: "soon" };
  extractor.add({ kind: "bad", reason: "not JSON", place: at(7) });
  extractor.add(entry(row({ at: "09:00", steps: [denied("09:00"), step], fields }), 8));
  const { counts, bad, sightings } = extractor.take();
  expect(counts).toEqual({ ...noCounts(), rows: 2, badRecords: 2 });
  expect(bad).toEqual([
    { reason: "not JSON", place: at(7) },
    { reason: "no readable time", place: at(8) },
  ]);
  // The other step of the same row is used.
  expect(sightings).toMatchObject([[account, { at: time("09:00") }]]);
});

test("rows that are passed over are counted as such", () => {
  const extractor = new Extractor({});
  extractor.pass(1_000);
  extractor.add(entry(denialRow("09:00")));
  const { counts } = extractor.take();
  expect(counts.rows).toBe(1_001);
  expect(counts.setAside.notCandidate).toBe(1_000);
});

test("what was taken is not given again", () => {
  const extractor = new Extractor({});
  extractor.add(entry(denialRow("09:00")));
  extractor.take();
  expect(extractor.take()).toEqual({
    counts: noCounts(),
    bad: [],
    sightings: [],
    approvals: [],
    tally: emptyTally(),
  });
});

test("a log that is taken apart wholly leaves no approval for later", async () => {
  async function* batches() {
    yield [entry(denialRow("09:00")), entry(denialRow("09:01"))];
    yield [entry(denialRow("09:02", { published: "09:30" }))];
  }
  const files = wholly(batches());
  const extracts = [];
  for await (const { counts, sightings } of files.read({ asOf: time("09:10") })) {
    extracts.push([counts.rows, counts.setAside.notYetPublished, sightings.length]);
  }
  expect(extracts).toEqual([
    [2, 0, 2],
    [1, 1, 0],
  ]);
  for await (const [{ user }] of files.approvals([account])) {
    expect.fail(`there is one of ${user}`);
  }
});
