import { describe, expect, it } from "vitest";
import {
  publicationLag,
  readApprovalsAround,
  readSightings,
  usersPerQuery,
} from "../../src/run/readAround.ts";
import { shownName } from "../../src/detection/signin/account.ts";
import { alice, approved, bob, row, time } from "../builders.ts";
import { rowAccountOf } from "../detection/builders.ts";
import { hour, never, personNamed, refusals } from "./bench.ts";
import { FakeLog, publish } from "./fakeLog.ts";

const clock = { now: () => time("23:00") };
/** What was read of each account, by its name. */
function sightingsIn({ table }: Awaited<ReturnType<typeof readSightings>>) {
  return new Map(
    [...table.accounts()].map(({ account, sightings }) => [shownName(account()), sightings()]),
  );
}

const span = (from: string, to: string) => ({ from: time(from), to: time(to) });
const wantedOf = (name: string, from: string, to: string) => ({
  names: [name],
  span: span(from, to),
  core: span(from, to),
});

it("asks for rows that were stored from an hour before to three days after", async () => {
  const log = new FakeLog(clock, publish(refusals("09:00", 2)));
  await readSightings(log, [wantedOf(alice.name, "09:00", "09:01")], never);
  expect(log.asked.map(({ range }) => range)).toEqual([
    { from: time("08:00"), to: time("09:01") + 72 * hour },
  ]);
  expect(publicationLag).toEqual({ before: hour, after: 72 * hour });
});

describe("users of different times", () => {
  const rows = publish([...refusals("09:00", 2), ...refusals("13:00", 2, bob)]);
  const wanted = [
    wantedOf(bob.name, "13:00", "13:01"),
    wantedOf(alice.name, "09:00", "09:01"),
    wantedOf("carol@contoso.com", "09:20", "09:50"),
  ];
  const [nine, one] = [
    {
      users: [alice.name, "carol@contoso.com"],
      range: { from: time("08:00"), to: time("09:50") + 72 * hour },
    },
    { users: [bob.name], range: { from: time("12:00"), to: time("13:01") + 72 * hour } },
  ];

  async function asked(log: FakeLog, of: typeof wanted) {
    const read = await readSightings(log, of, never);
    const queries = log.asked.map(({ users, range }) => ({ users, range }));
    return { ...read, sightings: sightingsIn(read), queries };
  }

  it("share a query if their times are within a day", async () => {
    const { rows: counts, cut, sightings, queries } = await asked(new FakeLog(clock, rows), wanted);
    const users = [...nine.users, ...one.users];
    expect(queries).toEqual([{ users, range: { from: nine.range.from, to: one.range.to } }]);
    expect(sightings.get(alice.name)).toHaveLength(2);
    expect(sightings.get(bob.name)).toHaveLength(2);
    expect(counts.get(bob.name)).toBe(2);
    expect(cut.size).toBe(0);
  });

  it.each([
    [24 * hour, 1],
    [24 * hour + 1, 2],
  ])("do not if a query would be %i ms longer than the shortest of them", async (longer, count) => {
    const from = time("09:00");
    const short = { from, to: from + hour };
    const long = { from, to: from + hour + longer };
    const of = [short, long].map((each, i) => ({
      names: [personNamed(`user${i}`).name],
      span: each,
      core: each,
    }));
    for (const spans of [of, of.toReversed()]) {
      expect((await asked(new FakeLog(clock, []), spans)).queries).toHaveLength(count);
    }
  });

  it("are read apart if one answer has no room for all of them", async () => {
    const log = new FakeLog(clock, rows);
    log.mostRows = 3;
    const { sightings, queries, cut } = await asked(log, wanted);
    expect(queries.slice(1)).toEqual([nine, one]);
    expect(sightings.get(alice.name)).toHaveLength(2);
    expect(sightings.get(bob.name)).toHaveLength(2);
    expect(cut.size).toBe(0);
  });
});

it.each([
  [2_000, [1_000, 1_000]],
  [2_001, [1_000, 1_000, 1]],
])("names a thousand users in a query and no more: of %i", async (count, named) => {
  const log = new FakeLog(clock, []);
  const wanted = Array.from({ length: count }, (_, i) =>
    wantedOf(personNamed(`user${i}`).name, "09:00", "09:01"),
  );
  await readSightings(log, wanted, never);
  await readApprovalsAround(log, wanted, never);
  expect(log.asked.map(({ users }) => users?.length)).toEqual([...named, ...named]);
  expect(usersPerQuery).toBe(1_000);
});

it("of a user with endless rows reads around the core, and of others everything", async () => {
  const flood = refusals("06:00", 14_000, bob, 2_000);
  const log = new FakeLog(clock, publish([...flood, ...refusals("20:00", 5)]));
  log.mostRows = 4_000;
  const wanted = [bob, alice].map(({ name }) => ({
    names: [name],
    span: span("08:00", "12:00"),
    core: span("10:00", "10:30"),
  }));
  const read = await readSightings(log, wanted, never);
  const { cut } = read;
  const sightings = sightingsIn(read);
  expect([...cut]).toEqual([bob.name]);
  expect(sightings.get(alice.name)).toHaveLength(5);
  const seen = sightings.get(bob.name)?.map(({ at }) => at) ?? [];
  expect(seen.length).toBeLessThan(13_000);
  // All of the core, and no gap on the way out from it.
  const times = seen.toSorted((a, b) => a - b);
  expect(times[0]).toBeLessThan(time("10:00"));
  expect(times.at(-1)).toBeGreaterThan(time("10:30"));
  expect(times.every((at, i) => i === 0 || at - (times[i - 1] ?? 0) === 2_000)).toBe(true);
});

it("reads the core first, and then what is nearest to it, before and after", async () => {
  const rows = ["07:30", "09:00", "10:15", "12:00"].flatMap((at) => refusals(at, 4));
  const later = refusals(time("10:00") + 60 * hour, 4);
  const log = new FakeLog({ now: () => time("10:00") + 90 * hour }, publish([...rows, ...later]));
  log.mostRows = 6;
  const wanted = [
    { names: [alice.name], span: span("08:00", "12:00"), core: span("10:10", "10:20") },
    { names: [bob.name], span: span("08:10", "12:10"), core: span("10:00", "10:30") },
  ];
  const { cut } = await readSightings(log, wanted, never);
  const [begin, end] = [time("07:00"), time("12:10") + 72 * hour];
  const middle = (time("11:30") + end) / 2;
  expect(log.asked.map(({ range: { from, to } }) => [from, to])).toEqual([
    [begin, end],
    // The rows of the cores are stored within an hour, unless they are late.
    [time("10:00"), time("11:30")],
    [begin, time("10:00")],
    [time("08:30"), time("10:00")],
    [begin, time("08:30")],
    [time("11:30"), end],
    [time("11:30"), middle],
    [middle, end],
  ]);
  expect(cut.size).toBe(0);
});

describe("of a user with 10,000 rows", () => {
  const core = span("10:00", "10:30");
  const [before, after] = [refusals("09:57", 1), refusals("11:30", 1)];

  /** What is seen of a user whose rows come again and again at some times in the core. */
  async function seen(...repeats: readonly (readonly [at: string, times: number])[]) {
    const rows = repeats.flatMap(([at, times]) =>
      refusals(at, 1).flatMap((each) => Array.from({ length: times }, () => each)),
    );
    const log = new FakeLog(clock, publish([...before, ...rows, ...after]));
    log.mostRows = 5_000;
    const wanted = [{ names: [alice.name], span: span("09:00", "11:00"), core }];
    const read = await readSightings(log, wanted, never);
    const { cut } = read;
    const sightings = sightingsIn(read);
    expect(log.asked.every(({ users }) => users?.length === 1)).toBe(true);
    return { times: sightings.get(alice.name)?.map(({ at }) => at), cut: [...cut] };
  }

  it("all of the core is read, and nothing else", async () => {
    const { times, cut } = await seen(["10:00", 5_000], ["10:20", 5_000], ["10:29", 1]);
    expect(times).toEqual(["10:00", "10:20", "10:29"].map(time));
    expect(cut).toEqual([alice.name]);
  });

  it("nothing more is read, and up to there what is nearest", async () => {
    const { times, cut } = await seen(["10:00", 5_000], ["10:20", 4_999]);
    expect(times?.toSorted()).toEqual(["09:57", "10:00", "10:20"].map(time));
    expect(cut).toEqual([alice.name]);
  });
});

it("asks for no more users once a question failed, and leaves none under way", async () => {
  const log = new FakeLog(clock, []);
  let [begun, ended] = [0, 0];
  log.before = async () => {
    begun++;
    const isFirst = begun === 1;
    await new Promise((resolve) => setTimeout(resolve, isFirst ? 1 : 5));
    ended++;
    if (isFirst) {
      throw new Error("away");
    }
  };
  const wanted = Array.from({ length: 20 }, (_, i) => {
    const from = time("00:00") + i * hour;
    const range = { from, to: from + 1 };
    return { names: [personNamed(`user${i}`).name], span: range, core: range };
  });
  for (const read of [readSightings, readApprovalsAround]) {
    [begun, ended] = [0, 0];
    await expect(read(log, wanted, never)).rejects.toThrow("away");
    expect(begun).toBeLessThan(wanted.length);
    expect(ended).toBe(begun);
  }
});

it("asks nothing for nobody", async () => {
  const log = new FakeLog(clock, []);
  expect(sightingsIn(await readSightings(log, [], never)).size).toBe(0);
  expect(await readApprovalsAround(log, [], never)).toEqual([]);
  expect(log.asked).toEqual([]);
});

it("finds approvals on rows without a denial", async () => {
  const approval = row({ at: "09:20", resultType: "0", steps: [approved("09:20")] });
  const log = new FakeLog(clock, publish([approval, ...refusals("09:00", 2)]));
  const wanted = [{ names: [alice.name], span: span("09:00", "10:00") }];
  const approvals = await readApprovalsAround(log, wanted, never);
  expect(approvals).toMatchObject([[rowAccountOf(alice), { at: time("09:20") }]]);
});

it("brings together the approvals of an account, whatever row they are on", async () => {
  const at = (clock_: string) => row({ at: clock_, resultType: "0", steps: [approved(clock_)] });
  const log = new FakeLog(clock, publish([at("09:20"), at("09:10"), at("09:30")]));
  const wanted = [{ names: [alice.name], span: span("09:00", "10:00") }];
  const approvals = await readApprovalsAround(log, wanted, never);
  expect(approvals.map(([, { at: when }]) => when)).toEqual(["09:20", "09:10", "09:30"].map(time));
});

it("is not misled by a service that returns more rows than asked for, even those of nobody", async () => {
  const nobody = { name: "", id: "" };
  const rows = [
    ...refusals("09:00", 1, nobody),
    row({ at: "09:01", user: nobody, resultType: "0", steps: [approved("09:01")] }),
    ...refusals("09:02", 1),
  ];
  const answer = async () => ({ kind: "whole", rows, servedAt: clock.now() }) as const;
  const source = { candidates: answer, approvals: answer };
  const wanted = [wantedOf(alice.name, "09:00", "09:05")];
  const sightings = sightingsIn(await readSightings(source, wanted, never));
  expect([...sightings.keys()]).toEqual([alice.name]);
  const approvals = await readApprovalsAround(source, wanted, never);
  expect(approvals).toEqual([]);
});
