import { describe, expect, it } from "vitest";
import { newSending } from "../../src/pipeline/sending.ts";
import { sweep, type Swept } from "../../src/pipeline/sweep.ts";
import { noWork } from "../../src/pipeline/work.ts";
import { alice, bob, time } from "../builders.ts";
import { Bench, hour, minute, never, personNamed, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

async function sweepOver(bench: Bench, from: number, to: number, signal = never) {
  const detector = bench.detector();
  const work = noWork();
  const steps: Swept[] = [];
  const asked = { by: "published", range: { from, to } } as const;
  for await (const step of sweep(detector, asked, newSending(detector, "live"), work, signal)) {
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
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
    // Six hours are too much, and three, and an hour and a half too.
    expect(ends[0]).toBe(time("08:00") + 1.5 * hour);
    expect(ends.at(-1)).toBe(time("20:00"));
    expect(steps.map(({ isLast }) => isLast)).toEqual([...ends.slice(1).map(() => false), true]);
    const lengths = ends.map((end, i) => end - (ends[i - 1] ?? time("08:00")));
    expect(Math.max(...lengths)).toBe(6 * hour);
  });

  it("is decided before the next one is read", async () => {
    const rows = [...refusals("09:00", 5), ...refusals("11:00", 5, bob)];
    const bench = new Bench("13:00", publish(rows));
    bench.log.mostRows = 5;
    const known: number[] = [];
    bench.log.before = ({ by, users }) => {
      if (by === "published" && users === null) known.push(bench.records().length);
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
    expect(steps).toEqual([{ to: time("09:30") + 1, isLast: true }]);
    bench.log.aheadMs = -9 * minute;
    const early = await sweepOver(bench, time("09:30"), time("09:30") + 1);
    expect(early.steps).toEqual([]);
  });
});

describe("a sweep", () => {
  it("gives out nothing where the service knows nothing of the range yet, but judges what it said", async () => {
    const bench = new Bench("09:20", publish(refusals("09:00", 5), "09:10"));
    const { steps, work } = await sweepOver(bench, time("09:19"), time("09:20"));
    expect(steps).toEqual([]);
    expect(work.counts.rows).toBe(0);
    const rows = new Bench("09:20", publish(refusals("09:00", 5), "09:19:10"));
    const told = await sweepOver(rows, time("09:19"), time("09:20"));
    expect(told.steps).toEqual([]);
    expect(rows.sink.titles()).toEqual(["alice 1"]);
  });

  it("asks nothing once it is cancelled", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5, alice)));
    const signal = AbortSignal.abort(new Error("stopping"));
    await expect(sweepOver(bench, time("09:00"), time("09:20"), signal)).rejects.toThrow(
      "stopping",
    );
    expect(bench.log.asked).toEqual([]);
  });
});
