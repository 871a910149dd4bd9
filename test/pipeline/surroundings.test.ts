import { expect, it } from "vitest";
import {
  publicationLag,
  readApprovals,
  readSightings,
  usersPerQuery,
} from "../../src/pipeline/surroundings.ts";
import { alice, approved, bob, row, tenantId, time } from "../builders.ts";
import { hour, never, personNamed, refusals } from "./bench.ts";
import { FakeLog, publish } from "./fakeLog.ts";

const clock = { now: () => time("23:00") };
const nameOf = (user: string) => JSON.stringify([tenantId, user]);
const span = (from: string, to: string) => ({ from: time(from), to: time(to) });

it("asks for rows that were stored from an hour before to three days after", async () => {
  const log = new FakeLog(clock, publish(refusals("09:00", 2)));
  await readSightings(log, [{ user: alice.name, span: span("09:00", "09:01") }], never);
  expect(log.asked.map(({ range }) => range)).toEqual([
    { from: time("08:00"), to: time("09:01") + 72 * hour },
  ]);
  expect(publicationLag).toEqual({ before: hour, after: 72 * hour });
});

it("asks once for users of like times, and apart for others", async () => {
  const log = new FakeLog(clock, publish([...refusals("09:00", 2), ...refusals("13:00", 2, bob)]));
  const wanted = [
    { user: alice.name, span: span("09:00", "09:01") },
    { user: "carol@contoso.com", span: span("09:20", "09:50") },
    { user: bob.name, span: span("13:00", "13:01") },
  ];
  const { sightings, rows } = await readSightings(log, wanted, never);
  expect(log.asked.map(({ users }) => users)).toEqual([
    [alice.name, "carol@contoso.com"],
    [bob.name],
  ]);
  expect(sightings.get(nameOf(alice.name))).toHaveLength(2);
  expect(rows.get(nameOf(bob.name))).toBe(2);
});

it("names two hundred users in a query and no more", async () => {
  const log = new FakeLog(clock, []);
  const wanted = Array.from({ length: 401 }, (_, i) => ({
    user: personNamed(`user${i}`).name,
    span: span("09:00", "09:01"),
  }));
  await readSightings(log, wanted, never);
  expect(log.asked.map(({ users }) => users?.length)).toEqual([200, 200, 1]);
  expect(usersPerQuery).toBe(200);
});

it("asks nothing for nobody", async () => {
  const log = new FakeLog(clock, []);
  expect((await readSightings(log, [], never)).sightings.size).toBe(0);
  expect((await readApprovals(log, [], never)).size).toBe(0);
  expect(log.asked).toEqual([]);
});

it("finds approvals on rows that hold no denial", async () => {
  const approval = row({ at: "09:20", resultType: "0", steps: [approved("09:20")] });
  const log = new FakeLog(clock, publish([approval, ...refusals("09:00", 2)]));
  const wanted = [{ user: alice.name, span: span("09:00", "10:00") }];
  const approvals = await readApprovals(log, wanted, never);
  expect(approvals.get(nameOf(alice.name))).toMatchObject([{ at: time("09:20") }]);
});
