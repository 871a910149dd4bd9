import { describe, expect, it } from "vitest";
import { endPart, isBusy, planParts, stepBackfill } from "../../src/run/backfill.ts";
import type { BackfillRequest } from "../../src/run/backfillJob.ts";
import { UpstreamError } from "../../src/run/upstreamError.ts";
import { bob, denialRow, time } from "../builders.ts";
import { around } from "./around.ts";
import { Bench, day, hour, minute, never, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const request: BackfillRequest = {
  from: time("08:00"),
  to: time("12:00"),
  rules: ["explicit-mfa-deny"],
  workspaces: ["default"],
  dryRun: false,
};

async function begun(bench: Bench, asked = request) {
  const job = await bench.jobs.begin(asked, planParts(asked, bench.now));
  return { ...job, workspace: "default", until: bench.now };
}

describe("a backfill", () => {
  it("reads from an hour before its range to three days after, but not into the future", () => {
    const [late] = planParts(request, time("12:00") + 30 * day);
    expect(late).toEqual({
      workspace: "default",
      state: "queued",
      cursor: time("07:00"),
      end: time("12:00") + 3 * day,
      slicesDone: 0,
      slices: 13,
      counts: { rows: 0, denials: 0, opened: 0, updated: 0 },
      errors: [],
    });
    const [fresh] = planParts(request, time("12:30"));
    expect(fresh).toMatchObject({ cursor: time("07:00"), end: time("12:30"), slices: 1 });
    const [future] = planParts(request, time("06:00"));
    expect(future).toMatchObject({ end: time("06:00"), slices: 1 });
  });

  it("has a part for each workspace", () => {
    const parts = planParts({ ...request, workspaces: ["one", "two"] }, time("12:30"));
    expect(parts.map(({ workspace }) => workspace)).toEqual(["one", "two"]);
  });

  it("counts what all of its steps did, and logs what each did", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    bench.now = time("12:00") + 5 * day;
    bench.log.add(publish([...refusals("09:05", 1), ...refusals("11:00", 5, bob)]));
    const step = await begun(bench);
    while (await stepBackfill(bench.detector(), bench.jobs, step, never)) {}
    expect(bench.jobs.partOf(step.id).counts).toEqual({
      rows: 11,
      denials: 11,
      opened: 1,
      updated: 1,
    });
    expect(bench.lines.map(({ event }) => event)).toEqual(Array(19).fill("backfill step"));
    expect(bench.lines[0]?.fields).toMatchObject({
      id: step.id,
      workspace: "default",
      from: time("07:00"),
      to: time("07:15"),
      opened: 0,
    });
    // At first the load is not known. Each later step begins with what came before, and reads twice as much.
    expect(bench.lines[1]?.fields).toMatchObject({ from: time("07:15"), to: time("11:45") });
  });

  it("keeps the answer of a sink, in addition to its own messages", async () => {
    const bench = new Bench(time("09:00") + 180 * day, publish(refusals("09:00", 5)));
    bench.log.add(publish(refusals(time("12:00") + 2 * day, 5, bob)));
    bench.sink.before = () => {
      throw new Error("Sentinel is away");
    };
    const part = await bench.backfill({ from: "08:00", to: time("12:00") + 3 * day });
    expect(part.counts).toMatchObject({ opened: 1, updated: 0 });
    expect(part.errors).toEqual([
      "Sentinel is away",
      "1 bursts begin beyond the retention of the state and were not opened",
    ]);
  });

  it("that nobody knows has nothing to do", async () => {
    const bench = new Bench("13:00", []);
    const step = { ...(await begun(bench)), id: "another" };
    expect(await stepBackfill(bench.detector(), bench.jobs, step, never)).toBe(false);
    expect([bench.log.asked, bench.lines]).toEqual([[], []]);
  });

  it("may fail in any form, and says what failed first", async () => {
    const bench = new Bench("13:00", []);
    const step = await begun(bench);
    bench.log.before = () => {
      // oxlint-disable-next-line typescript/only-throw-error -- a library may
      throw "all went wrong";
    };
    const run = () => stepBackfill(bench.detector(), bench.jobs, step, never);
    await expect(run()).rejects.toBe("all went wrong");
    expect(bench.jobs.partOf(step.id).errors).toEqual(["all went wrong"]);
    const jobs = around(bench.jobs, ({ method, make }) =>
      method === "writePart" ? Promise.reject(new Error("the table is away")) : make(),
    );
    await expect(stepBackfill(bench.detector(), jobs, step, never)).rejects.toBe("all went wrong");
  });

  it("opens what happened in its range, and leaves alone what happened outside", async () => {
    const rows = [...refusals("07:30", 5), ...refusals("09:00", 5, bob)];
    const bench = new Bench("13:00", publish(rows));
    const part = await bench.backfill({ from: "08:00", to: "12:00" });
    expect(part.counts).toMatchObject({ opened: 1, denials: 5 });
    expect(bench.sink.titles()).toEqual(["bob 1"]);
  });

  it("takes a burst whole that only reaches into its range, from either side", async () => {
    for (const range of [
      { from: "09:03", to: "10:00" },
      { from: "08:00", to: "09:01" },
    ] as const) {
      const bench = new Bench("13:00", publish(refusals("09:00", 6)));
      await bench.backfill(range);
      expect(bench.records()).toMatchObject([
        { facts: { denials: 6, firstDenialAt: time("09:00"), lastDenialAt: time("09:05") } },
      ]);
    }
  });

  it("finds rows that were published up to three days after they happened", async () => {
    const late = { published: time("09:00") + 2.9 * day };
    const rows = refusals("09:00", 4).concat(denialRow("09:04", late));
    const bench = new Bench(time("09:00") + 5 * day, publish(rows));
    await bench.backfill({ from: "08:00", to: "10:00" });
    expect(bench.records()).toMatchObject([{ facts: { denials: 5 } }]);
  });

  it("is worked off in steps: each ends when its time is up, and the next goes on behind it", async () => {
    const bench = new Bench(time("12:00") + 5 * day, publish(refusals("09:00", 5)));
    const step = await begun(bench);
    const cursors = [];
    let more = true;
    while (more) {
      more = await stepBackfill(bench.detector(), bench.jobs, step, never);
      const { cursor, state, slicesDone, slices } = bench.jobs.partOf(step.id);
      cursors.push(cursor);
      expect(state).toBe(more ? "running" : "done");
      expect(slicesDone === slices).toBe(!more);
    }
    expect(cursors).toHaveLength(19);
    expect(cursors.at(-1)).toBe(time("12:00") + 3 * day);
    expect(bench.sink.titles()).toEqual(["alice 1"]);
    expect(await stepBackfill(bench.detector(), bench.jobs, step, never)).toBe(false);
  });

  it("does as many slices in a step as its time allows", async () => {
    const bench = new Bench(time("12:00") + 5 * day, []);
    const step = { ...(await begun(bench)), until: bench.now + 10 * minute };
    bench.log.before = () => {
      bench.now += 3 * minute;
    };
    expect(await stepBackfill(bench.detector(), bench.jobs, step, never)).toBe(true);
    // Three minutes for each page: of 15 minutes, of 30, of an hour and of two hours.
    expect(bench.jobs.partOf(step.id).cursor).toBe(time("07:00") + 3.75 * hour);
    const next = { ...step, until: bench.now + 10 * minute };
    expect(await stepBackfill(bench.detector(), bench.jobs, next, never)).toBe(true);
    // One of what came before, a page twice as long, and two of six hours.
    expect(bench.jobs.partOf(step.id).cursor).toBe(time("07:00") + 20.25 * hour);
  });

  it("that is cancelled ends after its slice, and keeps what that has done", async () => {
    const bench = new Bench(time("12:00") + 5 * day, publish(refusals("09:00", 5)));
    const step = { ...(await begun(bench)), until: Infinity };
    let cancelled = false;
    bench.sink.before = () => {
      cancelled = true;
    };
    let slices = 0;
    bench.log.before = async ({ users }) => {
      if (!cancelled) {
        return;
      }
      slices += users === null ? 1 : 0;
      await endPart(bench.jobs, step.id, "default", "cancelled");
    };
    expect(await stepBackfill(bench.detector(), bench.jobs, step, never)).toBe(false);
    // Those that were read ahead.
    expect(slices).toBeLessThanOrEqual(2);
    const { state, slicesDone } = bench.jobs.partOf(step.id);
    expect(state).toBe("cancelled");
    expect(slicesDone).toBeLessThan(13);
    expect(bench.sink.titles()).toEqual(["alice 1"]);
    expect(bench.jobs.partOf(step.id).errors).toEqual([]);
    expect(await endPart(bench.jobs, step.id, "default", "cancelled")).toBe(false);
  });

  it("that fails keeps its cursor and the error, and the next attempt goes on", async () => {
    const bench = new Bench(time("12:00") + 5 * day, publish(refusals("09:00", 5)));
    const step = { ...(await begun(bench)), until: Infinity };
    bench.log.before = ({ range }) => {
      if (range.from >= time("07:00") + day) {
        throw new Error("the log is away");
      }
    };
    await expect(stepBackfill(bench.detector(), bench.jobs, step, never)).rejects.toThrow("away");
    expect(bench.jobs.partOf(step.id)).toMatchObject({
      state: "running",
      cursor: time("07:00") + 25.75 * hour,
      errors: ["the log is away"],
    });
    bench.log.before = () => {};
    await stepBackfill(bench.detector(), bench.jobs, step, never);
    expect(bench.jobs.partOf(step.id)).toMatchObject({ state: "done", counts: { opened: 1 } });
  });

  it("for which the log service has no room says once that it continues later, and does", async () => {
    const bench = new Bench("12:00", publish(refusals("09:00", 5)));
    const step = await begun(bench);
    bench.log.before = () => {
      throw new UpstreamError("Log Analytics", "429: throttled", true, { isBusy: true });
    };
    for (let attempt = 0; attempt < 7; attempt++) {
      const failed = stepBackfill(bench.detector(), bench.jobs, step, never);
      await expect(failed.catch((error: unknown) => isBusy(error))).resolves.toBe(true);
    }
    expect(bench.jobs.partOf(step.id).errors).toEqual([
      "Log Analytics: 429: throttled: it continues later",
    ]);
    bench.log.before = () => {};
    while (await stepBackfill(bench.detector(), bench.jobs, step, never)) {}
    expect(bench.jobs.partOf(step.id)).toMatchObject({ state: "done", counts: { opened: 1 } });
  });

  it("that fails to record its very end is done all the same when its message comes again", async () => {
    const bench = new Bench("13:00", publish(refusals("09:00", 5)));
    const step = { ...(await begun(bench)), until: Infinity };
    let failures = 0;
    const jobs = around(bench.jobs, ({ method, make }) => {
      const fails = method === "writePart" && failures++ === 0;
      return fails ? Promise.reject(new Error("the table is away")) : make();
    });
    await expect(stepBackfill(bench.detector(), jobs, step, never)).rejects.toThrow("away");
    expect(await stepBackfill(bench.detector(), jobs, step, never)).toBe(false);
    expect(bench.jobs.partOf(step.id).state).toBe("done");
  });

  it("reports bursts that begin beyond the retention, and does not open them", async () => {
    const bench = new Bench(time("12:00") + 200 * day, publish(refusals("09:00", 5)));
    const part = await bench.backfill({ from: "08:00", to: "12:00" });
    expect(part.counts.opened).toBe(0);
    expect(part.errors).toEqual([
      "1 bursts begin beyond the retention of the state and were not opened",
    ]);
    expect(bench.records()).toEqual([]);
  });

  it("opens a burst whose first denial is inside the retention less one day, to the millisecond", async () => {
    for (const [ms, opened] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const bench = new Bench(time("09:00") + 179 * day + ms, publish(refusals("09:00", 5)));
      const part = await bench.backfill({ from: "08:00", to: "12:00" });
      expect([ms, part.counts.opened]).toEqual([ms, opened]);
    }
  });

  it("keeps the last twenty errors", async () => {
    const bench = new Bench("13:00", []);
    const step = await begun(bench);
    bench.log.before = () => {
      throw new Error("the log is away");
    };
    for (let attempt = 0; attempt < 30; attempt++) {
      await stepBackfill(bench.detector(), bench.jobs, step, never).catch(() => undefined);
    }
    expect(bench.jobs.partOf(step.id).errors).toHaveLength(20);
    await endPart(bench.jobs, step.id, "default", "failed", "given up");
    const { errors } = bench.jobs.partOf(step.id);
    expect(errors).toEqual([...Array(19).fill("the log is away"), "given up"]);
  });
});

describe("a part that is ended from outside", () => {
  it("says why, also where somebody else is writing it at the same time", async () => {
    const bench = new Bench("13:00", []);
    const { id } = await begun(bench);
    let reads = 0;
    const jobs = around(bench.jobs, async ({ method, make }) => {
      const answer = await make();
      if (method === "readPart" && reads++ === 0) {
        const held = await bench.jobs.readPart(id);
        if (held !== null) {
          await bench.jobs.writePart(id, held.part, held.version);
        }
      }
      return answer;
    });
    expect(await endPart(jobs, id, "default", "failed", "given up")).toBe(true);
    expect(bench.jobs.partOf(id)).toMatchObject({ state: "failed", errors: ["given up"] });
    expect(await endPart(jobs, "another", "default", "failed", "given up")).toBe(false);
  });
});

describe("a dry backfill", () => {
  it("records also what nothing is to be done about any more", async () => {
    const bench = new Bench(time("09:00") + 5 * day, publish(refusals("09:00", 5)));
    await bench.backfill({ from: "08:00", to: "12:00" }, { sinks: [] });
    expect(bench.records()).toHaveLength(1);
    expect(bench.due()).toEqual([]);
  });

  it("counts what it would open, in a state of its own", async () => {
    const bench = new Bench("13:00", publish(refusals("09:00", 5)));
    const real = bench.store;
    const dry = new Bench("13:00", publish(refusals("09:00", 5)));
    const part = await bench.backfill(
      { from: "08:00", to: "12:00" },
      { store: dry.store, sinks: [] },
    );
    expect(part.counts.opened).toBe(1);
    expect(real.snapshot()).toEqual({ owners: [], heads: [], due: [], progress: null });
    await bench.run("13:05", { initialLookbackMs: 6 * hour });
    expect(bench.sink.titles()).toEqual(["alice 1"]);
  });
});
