import { expect, it } from "vitest";
import { RecentSightings } from "../../src/run/recentSightings.ts";
import { alice, bob, time } from "../builders.ts";
import { accountOf, named, rowAccountOf, sighting } from "../detection/builders.ts";
import { day, hour } from "./bench.ts";

const at = (...times: readonly string[]) => times.map((each) => sighting(each));

it("has what the steps showed of an account, and nothing of anybody else", () => {
  const recent = new RecentSightings("generated");
  recent.begin(time("00:00"));
  recent.note(rowAccountOf(alice), at("01:00"));
  recent.note(rowAccountOf(bob), at("02:00"));
  recent.begin(time("06:00"));
  recent.note(rowAccountOf(alice), at("07:00", "08:00"));
  expect(recent.of(accountOf(alice))?.sightings).toEqual(at("01:00", "07:00", "08:00"));
  expect(recent.of({ ...accountOf(alice), tenantId: "another" })?.sightings).toEqual([]);
});

it("is complete an hour after it begins, and a day later by ingestion", () => {
  for (const [by, later] of [
    ["generated", hour],
    ["ingested", hour + day],
  ] as const) {
    const recent = new RecentSightings(by);
    expect(recent.completeFrom).toBe(Infinity);
    recent.begin(time("00:00"));
    recent.begin(time("06:00"));
    expect(recent.completeFrom).toBe(time("00:00") + later);
  }
});

it("forgets the oldest steps when there is too much", () => {
  const recent = new RecentSightings("generated", 2);
  for (const [index, from] of ["00:00", "06:00", "12:00", "18:00"].entries()) {
    recent.begin(time(from));
    recent.note(rowAccountOf(alice), at(`0${index}:00`, `0${index}:30`));
  }
  expect(recent.of(accountOf(alice))?.sightings).toEqual(at("02:00", "02:30", "03:00", "03:30"));
  expect(recent.completeFrom).toBe(time("13:00"));
  // A step is kept whole, however much it holds.
  recent.note(rowAccountOf(alice), at("04:00"));
  expect(recent.of(accountOf(alice))?.sightings).toHaveLength(5);
});

it("does not know about an account of which there are rows without the id or the tenant", () => {
  const recent = new RecentSightings("generated");
  recent.begin(time("00:00"));
  recent.note(rowAccountOf(alice), at("01:00"));
  recent.note({ ...rowAccountOf(alice), name: "a.smith@contoso.com" }, at("01:30"));
  recent.begin(time("06:00"));
  recent.note(rowAccountOf(bob), at("07:00"));
  expect(recent.of(accountOf(alice))?.account.names?.map(({ name }) => name)).toEqual([
    alice.name,
    "a.smith@contoso.com",
  ]);
  expect(recent.of(accountOf(alice))?.sightings).toHaveLength(2);
  recent.note(named("a.smith@contoso.com"), at("08:00"));
  expect(recent.of(accountOf(alice))).toBeNull();
  recent.note({ ...rowAccountOf(bob), tenantId: null }, at("08:00"));
  expect(recent.of(accountOf(bob))).toBeNull();
  expect(recent.of(accountOf({ id: bob.id, name: "x@contoso.com" }))).toBeNull();
});
