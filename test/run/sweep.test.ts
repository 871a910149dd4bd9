import { describe, expect, it } from "vitest";
import { newSendBudget } from "../../src/run/sendBudget.ts";
import type { Range } from "../../src/run/ports.ts";
import { sweep, type Sweep, type Swept } from "../../src/run/sweep.ts";
import { ActiveAccounts } from "../../src/run/newActivity.ts";
import { noTotals } from "../../src/run/runTotals.ts";
import { alice, bob, denialRow, time } from "../builders.ts";
import { Bench, day, hour, minute, never, personNamed, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

async function sweepOver(
  bench: Bench,
  from: number,
  to: number,
  { signal = never, ...more }: Partial<Sweep> & { readonly signal?: AbortSignal } = {},
) {
  const detector = bench.detector();
  const work = noTotals();
  const steps: Swept[] = [];
  const asked = { by: "ingested", range: { from, to }, ...more } as const;
  for await (const step of sweep(detector, asked, newSendBudget(detector, "live"), work, signal)) {
    steps.push(step);
  }
  return { steps, work };
}

describe("a step that is too much for one answer", () => {
  it("is halved, the half is given out as done, and what follows grows again", async () => {
    const bench = new Bench("20:02", publish(refusals("09:00", 60)));
    bench.log.mostRows = 40;
    const { steps } = await sweepOver(bench, time("08:00"), time("20:00"));
    const ends = steps.map(({ to }) => to);
    // Six hours are too much, and three; then an hour and a half, three and six are not.
    expect(ends).toEqual(["09:30", "12:30", "18:30", "20:00"].map(time));
    expect(steps.map(({ isLast }) => isLast)).toEqual([...ends.slice(1).map(() => false), true]);
  });

  it("is decided before the next one is read", async () => {
    const rows = [...refusals("09:00", 5), ...refusals("11:00", 5, bob)];
    const bench = new Bench("13:00", publish(rows));
    bench.log.mostRows = 5;
    const known: number[] = [];
    bench.log.before = ({ by, users }) => {
      if (by === "ingested" && users === null) {
        known.push(bench.records().length);
      }
    };
    const { work } = await sweepOver(bench, time("08:30"), time("12:30"));
    expect(known.at(-1)).toBe(1);
    expect(work.opened).toBe(2);
  });

  it("of one millisecond is read by users, and is not passed before the service knows all of it", async () => {
    const people = Array.from({ length: 30 }, (_, i) => personNamed(`user${i}`));
    const rows = publish(
      people.flatMap((user) => refusals("09:00", 1, user)),
      "09:30",
    );
    const bench = new Bench("09:40", rows);
    bench.log.mostRows = 8;
    const { work, steps } = await sweepOver(bench, time("09:30"), time("09:30") + 1);
    expect(work.counts.rows).toBe(30);
    expect(steps).toMatchObject([{ to: time("09:30") + 1, isLast: true }]);
    expect(steps[0]?.pages[0]?.rows).toHaveLength(30);
    bench.log.aheadMs = -9 * minute;
    const early = await sweepOver(bench, time("09:30"), time("09:30") + 1);
    expect(early.steps).toEqual([]);
    // What counts is when the first of the users were read.
    bench.log.aheadMs = 0;
    bench.now = time("09:31:30");
    bench.log.before = () => {
      bench.now += 10_000;
    };
    expect((await sweepOver(bench, time("09:30"), time("09:30") + 1)).steps).toEqual([]);
    expect(bench.now).toBeGreaterThan(time("09:32:30"));
  });
});

describe("a step", () => {
  /** Asks by day five times as much as by night. */
  const busy = Array.from({ length: 72 }, (_, hours) => {
    const count = 5 * (1 + 4 * Math.sin((Math.PI * (hours % 24)) / 24));
    return refusals(time("00:00") + hours * hour, Math.round(count), bob, 90_000);
  }).flat();

  it("is as long as an answer has room for, and little is thrown away", async () => {
    const bench = new Bench(time("00:00") + 5 * day, publish(busy));
    bench.log.mostRows = 60;
    bench.log.pageRows = 60;
    const { work } = await sweepOver(bench, time("00:00"), time("00:00") + 3 * day);
    expect(work.counts.rows).toBe(busy.length);
    const asked = bench.log.asked.filter(({ users }) => users === null);
    const thrown = asked.filter(({ rows }) => rows > 60);
    expect(thrown.length).toBeLessThan(asked.length / 10);
    expect(asked.length).toBeLessThan(3 * (busy.length / 60));
  });

  it("begins short if nothing is known about the load, and grows with what came", async () => {
    const thrown: number[] = [];
    for (const rowsPerMs of [0, null]) {
      const bench = new Bench(time("00:00") + 5 * day, publish(busy));
      bench.log.mostRows = 60;
      bench.log.pageRows = 60;
      const range = { from: time("08:00"), to: time("08:00") + 2 * day };
      await sweepOver(bench, range.from, range.to, { by: "generated", rowsPerMs });
      const asked = bench.log.asked.filter(({ users }) => users === null);
      thrown.push(asked.filter(({ rows }) => rows > 60).length);
      if (rowsPerMs === null) {
        const lengths = asked.slice(0, 3).map(({ range: { from, to } }) => (to - from) / minute);
        expect(lengths).toEqual([15, 30, 60]);
      }
    }
    expect(thrown).toEqual([2, 0]);
  });

  it("is shorter while the load grows", async () => {
    // Twice as many rows every 80 minutes.
    const times = Array.from({ length: 1_200 }, (_, i) => 2 * hour * Math.log(1 + i / 10));
    const growing = times.map((at) => denialRow(time("00:00") + Math.floor(at), { user: bob }));
    const bench = new Bench(time("00:00") + 5 * day, publish(growing));
    bench.log.mostRows = 60;
    bench.log.pageRows = 60;
    const { work } = await sweepOver(bench, time("00:00"), time("09:30"), { rowsPerMs: null });
    expect(work.counts.rows).toBeGreaterThan(1_000);
    const asked = bench.log.asked.filter(({ users }) => users === null);
    expect(asked.filter(({ rows }) => rows > 60)).toEqual([]);
  });

  it("is not short for a day because of one moment with many rows", async () => {
    const people = Array.from({ length: 100 }, (_, i) => personNamed(`user${i}`));
    const moment = people.flatMap((user) => refusals("09:00", 1, user));
    const bench = new Bench(time("00:00") + 5 * day, publish([...moment, ...refusals("12:00", 1)]));
    bench.log.mostRows = 60;
    bench.log.pageRows = 60;
    const { steps } = await sweepOver(bench, time("00:00"), time("00:00") + day);
    expect(steps.length).toBeLessThan(70);
  });

  it("begins with the length that the load so far allows", async () => {
    const bench = new Bench(time("00:00") + 5 * day, publish(busy));
    bench.log.pageRows = 60;
    const range = { from: time("08:00"), to: time("20:00") };
    await sweepOver(bench, range.from, range.to, { rowsPerMs: 45 / hour });
    expect(bench.log.asked[0]?.range).toEqual({ from: range.from, to: range.from + hour });
  });
});

describe("pages that are read ahead", () => {
  const rows = publish([
    ...refusals("01:00", 4),
    ...refusals("07:00", 5, bob),
    ...refusals("12:58", 5),
    ...refusals("20:00", 2, bob),
  ]);
  const from = time("00:00");

  it("are judged together, with the same result", async () => {
    const results = await Promise.all(
      [0, 1, 2].map(async (pagesAhead) => {
        const bench = new Bench(from + 5 * day, rows);
        bench.log.before = () => new Promise((resolve) => setImmediate(resolve));
        const { work, steps } = await sweepOver(bench, from, from + day, {
          by: "generated",
          pagesAhead,
        });
        expect(steps.flatMap(({ pages }) => pages.map(({ to }) => (to - from) / hour))).toEqual([
          6, 12, 18, 24,
        ]);
        expect(steps.map((step) => step.to)).toEqual(
          steps.map(({ pages }) => pages.at(-1)?.to ?? 0),
        );
        return {
          work,
          records: bench.records(),
          most: Math.max(...steps.map(({ pages }) => pages.length)),
        };
      }),
    );
    const [one, ...ahead] = results;
    expect(one?.records).toHaveLength(2);
    for (const { work, records } of ahead) {
      expect([work, records]).toEqual([one?.work, one?.records]);
    }
    expect(results.map(({ most }) => most)).toEqual([1, 1, 2]);
  });

  it("are no more once the time is up", async () => {
    const bench = new Bench(from + 5 * day, rows);
    const until = bench.now;
    const { steps } = await sweepOver(bench, from, from + day, { pagesAhead: 2, until });
    expect(steps).toMatchObject([{ to: time("06:00"), isLast: false }]);
    expect(bench.log.asked.filter(({ users }) => users === null)).toHaveLength(1);
  });
});

describe("who is read around", () => {
  const from = time("00:00");
  const sweepDay = (bench: Bench) =>
    sweepOver(bench, from, from + day, { by: "generated", happenedIn: { from, to: from + day } });
  const namesAsked = (bench: Bench) => new Set(bench.log.asked.flatMap(({ users }) => users ?? []));

  it("is nobody who cannot fire, once enough was read before", async () => {
    const rows = [...refusals("02:00", 4), ...refusals("12:00", 4, bob)];
    const bench = new Bench(from + 5 * day, publish(rows));
    bench.log.pageRows = 1_000;
    const { work } = await sweepDay(bench);
    expect(work).toMatchObject({ denials: 8, opened: 0 });
    expect(namesAsked(bench)).toEqual(new Set());
    const early = new Bench(from + 5 * day, publish(refusals("00:30", 4)));
    await sweepDay(early);
    expect(namesAsked(early)).toContain(alice.id);
  });

  it("is nobody who cannot fire, also in the first step, if what came before is read first", async () => {
    const rows = [...refusals(time("00:00") - 6 * minute, 3), ...refusals("00:01", 1)];
    const others = [...refusals("00:30", 4, bob), ...refusals(from - 5 * hour, 5, bob)];
    const asked = { by: "generated", happenedIn: { from, to: from + day } } as const;
    for (const [recall, names] of [
      [1.1 * hour, [alice.id]],
      [3 * hour, []],
    ] as const) {
      const bench = new Bench(from + 5 * day, publish([...rows, ...others]));
      const { work, steps } = await sweepOver(bench, from, from + day, { ...asked, recall });
      expect(steps[0]?.from).toBe(from);
      expect(work).toMatchObject({ denials: 5, opened: 0, counts: { rows: 5 } });
      expect([alice.id, bob.id].filter((id) => namesAsked(bench).has(id))).toEqual(names);
    }
    const fires = new Bench(from + 5 * day, publish([...rows, ...refusals("00:02", 1)]));
    await sweepOver(fires, from, from + day, { ...asked, recall: 3 * hour });
    expect(fires.records()).toMatchObject([{ facts: { denials: 5 } }]);
  });

  it("is who fires with rows of several steps", async () => {
    const rows = publish([...refusals("11:56", 4), ...refusals("12:00", 1)]);
    const bench = new Bench(from + 5 * day, rows);
    const { work } = await sweepDay(bench);
    expect(work).toMatchObject({ opened: 1 });
    expect(bench.records()).toMatchObject([{ facts: { denials: 5 } }]);
  });

  it("is asked about together, however many others were active", async () => {
    const people = Array.from({ length: 1_200 }, (_, i) => personNamed(`user${i}`));
    const calm = people.flatMap((user) => refusals("12:00", 1, user));
    const fires = [...refusals("10:00", 5), ...refusals("14:00", 5, bob)];
    const bench = new Bench(from + 5 * day, publish([...fires, ...calm]));
    const { work } = await sweepDay(bench);
    expect(work).toMatchObject({ denials: 1_210, opened: 2 });
    const named = bench.log.asked.filter(({ users }) => users !== null);
    // Their steps, each with one query for denials and one for approvals.
    expect(named.map(({ kind, users }) => [kind, users?.includes(alice.id)])).toEqual([
      ["candidates", true],
      ["approvals", true],
      ["candidates", false],
      ["approvals", false],
    ]);
  });

  it("is who has a record, even with a single denial more", async () => {
    const bench = new Bench(from + 5 * day, publish(refusals("12:00", 5)));
    await sweepDay(bench);
    bench.log.add(publish([denialRow("12:10")]));
    const { work } = await sweepDay(bench);
    expect(work).toMatchObject({ updated: 1 });
  });

  it("is who has rows without the id", async () => {
    const named = { name: alice.name, id: "" };
    const rows = [...refusals("12:00", 3), ...refusals("12:03", 2, named)];
    const bench = new Bench(from + 5 * day, publish(rows));
    const { work } = await sweepDay(bench);
    expect(work).toMatchObject({ opened: 1 });
    expect(bench.records()).toMatchObject([{ facts: { denials: 5 } }]);
  });
});

describe("a sweep", () => {
  it("yields nothing if the service does not cover the range yet, but judges its answer", async () => {
    const bench = new Bench("09:20", publish(refusals("09:00", 5), "09:10"));
    const { steps, work } = await sweepOver(bench, time("09:19"), time("09:20"));
    expect(steps).toEqual([]);
    expect(work.counts.rows).toBe(0);
    const rows = new Bench("09:20", publish(refusals("09:00", 5), "09:19:10"));
    const told = await sweepOver(rows, time("09:19"), time("09:20"));
    expect(told.steps).toEqual([]);
    expect(rows.sink.titles()).toEqual(["alice 1"]);
  });

  it("yields no empty step, and looks at nobody else for it", async () => {
    for (const [now, looks] of [
      ["09:20:59", []],
      ["09:21", []],
      ["09:21:00.001", [{ from: time("09:19"), to: time("09:19") + 1 }]],
    ] as const) {
      const bench = new Bench(now, []);
      const looked: Range[] = [];
      const alsoActive = async (range: Range) => {
        looked.push(range);
        return new ActiveAccounts();
      };
      const { steps } = await sweepOver(bench, time("09:19"), time("09:20"), { alsoActive });
      expect(looked).toEqual(looks);
      expect(steps).toHaveLength(looks.length);
    }
  });

  it("asks nothing of a range without length", async () => {
    const bench = new Bench("09:30", []);
    const { steps } = await sweepOver(bench, time("09:20"), time("09:20"));
    expect([steps, bench.log.asked]).toEqual([[], []]);
  });

  it("asks nothing once it is cancelled", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5, alice)));
    const signal = AbortSignal.abort(new Error("stopping"));
    await expect(sweepOver(bench, time("09:00"), time("09:20"), { signal })).rejects.toThrow(
      "stopping",
    );
    expect(bench.log.asked).toEqual([]);
  });
});
