import { describe, expect, it } from "vitest";
import { alice, bob, time } from "../builders.ts";
import { runDetection } from "../../src/run/runDetection.ts";
import { around } from "./around.ts";
import { Bench, day, hour, minute, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const five = () => publish(refusals("09:00", 5));

/** What was asked of everybody's rows; the first of all questions is for the service's time. */
function everybody({ log }: Bench): typeof log.asked {
  return log.asked.filter(({ users }) => users === null);
}

describe("the watermark", () => {
  it("begins INITIAL_LOOKBACK before the first run, and ends the safety before it", async () => {
    const bench = new Bench("09:30", five());
    const summary = await bench.run("09:30");
    expect(summary.publishedFrom).toBe(time("08:30"));
    expect(summary.publishedTo).toBe(time("09:28"));
    expect(bench.watermark()).toBe(time("09:28"));
    expect(everybody(bench)[0]).toMatchObject({
      by: "ingested",
      range: { from: time("08:30"), to: time("09:28") },
    });
  });

  it("is where the next run begins, whenever that is", async () => {
    const bench = new Bench("09:30", []);
    await bench.run("09:30");
    const late = await bench.run("11:07:13.250");
    expect(late).toMatchObject({
      publishedFrom: time("09:28"),
      publishedTo: time("11:05:13.250"),
      steps: 1,
      behind: false,
    });
  });

  it("does not go back when the machine's clock does, and nothing is asked then", async () => {
    const bench = new Bench("09:30", five());
    await bench.run("09:30");
    const asked = bench.log.asked.length;
    const summary = await bench.run("08:00");
    expect(summary).toMatchObject({ steps: 0, publishedTo: time("09:28") });
    expect(bench.watermark()).toBe(time("09:28"));
    expect(bench.log.asked).toHaveLength(asked);
  });

  it("does not go back when an earlier run ends after a later one", async () => {
    const bench = new Bench("09:30", []);
    await bench.run("09:30");
    await bench.store.saveProgress({
      publishedTo: time("09:00"),
      lastRunAt: time("09:02"),
      lastSuccessAt: null,
      lastError: null,
      pending: 0,
    });
    expect(bench.watermark()).toBe(time("09:28"));
  });

  it("stays where an answer failed, the error is recorded, and the next run reads it", async () => {
    const bench = new Bench("09:00", five());
    await bench.run("09:00");
    bench.log.before = () => {
      throw new Error("the log is away");
    };
    const saved: unknown[] = [];
    const store = around(bench.store, ({ method, args, make }) => {
      if (method === "saveProgress") {
        saved.push(args[0]);
      }
      return make();
    });
    await expect(bench.run("09:30", { store })).rejects.toThrow("the log is away");
    expect(bench.watermark()).toBe(time("08:58"));
    expect(saved).toMatchObject([
      {
        publishedTo: time("08:58"),
        lastRunAt: time("09:30"),
        lastSuccessAt: time("09:00"),
        lastError: "the log is away",
      },
    ]);
    bench.log.before = () => {};
    await bench.run("09:35");
    expect(bench.sink.titles()).toEqual(["alice 1"]);
    expect(bench.store.snapshot().progress).toMatchObject({
      lastSuccessAt: time("09:35"),
      lastError: null,
    });
  });

  it("stays where the rows were read but could not be judged", async () => {
    const bench = new Bench("09:00", five());
    await bench.run("09:00");
    bench.log.before = ({ by }) => {
      if (by === "generated") {
        throw new Error("the log is away");
      }
    };
    await expect(bench.run("09:30")).rejects.toThrow("the log is away");
    expect(bench.watermark()).toBe(time("08:58"));
  });

  it("goes on where a sink fails, which costs the run only its error", async () => {
    const bench = new Bench("09:30", five());
    bench.sink.before = () => {
      throw new Error("Sentinel is away");
    };
    const summary = await bench.run("09:30");
    expect(summary).toMatchObject({ opened: 1, sent: 0, failed: 1, pending: 1 });
    expect(summary.errors).toEqual(["Sentinel is away"]);
    expect(bench.watermark()).toBe(time("09:28"));
    expect(bench.store.snapshot().progress).toMatchObject({
      lastSuccessAt: time("09:30"),
      lastError: "Sentinel is away",
    });
  });

  it("goes on where a sink fails slowly: what a run sends is bounded in time", async () => {
    const people = Array.from({ length: 40 }, (_, i) => ({
      name: `user${i}@contoso.com`,
      id: `id ${i}`,
    }));
    const bench = new Bench("09:30", publish(people.flatMap((user) => refusals("09:00", 5, user))));
    bench.sink.before = () => {
      bench.now += 12_000;
      throw new Error("Sentinel is away");
    };
    for (const at of ["09:30", "09:45", "10:00", "11:00"]) {
      await bench.run(at);
      expect(bench.now - time(at)).toBeLessThan(4 * minute);
      expect(bench.watermark()).toBe(time(at) - 2 * minute);
    }
    expect(bench.due()).toHaveLength(40);
  });
});

describe("the first run", () => {
  it("asks the service for nothing but its time", async () => {
    const bench = new Bench("09:30", five());
    await bench.run("09:30");
    expect(bench.log.asked[0]).toEqual({
      kind: "candidates",
      by: "ingested",
      range: { from: time("09:30") - 1, to: time("09:30") },
      users: [],
      shard: null,
      rows: 0,
    });
  });

  it("begins by its own clock if the service does not give its time", async () => {
    for (const answer of [
      () => Promise.resolve({ kind: "partial", reason: "too much" }),
      () => Promise.reject(new Error("the log is away")),
    ]) {
      const bench = new Bench("09:30", five());
      let asked = 0;
      const source = around(bench.log, ({ make }) => (asked++ === 0 ? answer() : make()));
      expect((await bench.run("09:30", { source })).publishedFrom).toBe(time("08:30"));
      expect(bench.sink.titles()).toEqual(["alice 1"]);
    }
  });

  it("that dies is followed by one that begins where it began", async () => {
    const bench = new Bench("09:55", publish(refusals("08:56", 5), "08:57"));
    let isDead = false;
    const store = around(bench.store, ({ method, make }) => {
      // Its own last words do not arrive either.
      isDead ||= method === "readIndex";
      return isDead ? Promise.reject(new Error("killed")) : make();
    });
    await expect(bench.run("09:55", { store })).rejects.toThrow("killed");
    const { publishedFrom } = await bench.run("10:00");
    expect(publishedFrom).toBe(time("08:55"));
    expect(bench.sink.titles()).toEqual(["alice 1"]);
  });
});

describe("clocks", () => {
  it("of the machine, eight minutes ahead of the service, lose nothing and ask once", async () => {
    const bench = new Bench("09:00", publish(refusals("09:00", 5), "09:12"));
    bench.log.aheadMs = -8 * minute;
    // By its own clock; the service has it 08:52, 09:12 and so on.
    for (const at of ["09:00", "09:10", "09:15", "09:20", "09:25"]) {
      const before = everybody(bench).length;
      await bench.run(at);
      expect(bench.watermark()).toBe(time(at) - 10 * minute);
      expect(everybody(bench)).toHaveLength(before + 1);
    }
    expect(bench.sink.titles()).toEqual(["alice 1"]);
  });

  it("of a service that is behind do not make a run ask again and again", async () => {
    const bench = new Bench("09:00", five());
    bench.log.aheadMs = -8 * minute;
    bench.log.before = () => {
      bench.now += 200;
    };
    await bench.run("09:30");
    expect(everybody(bench)).toHaveLength(1);
  });

  it("of the machine, hours ahead at the very first run, do not put the watermark into the future", async () => {
    const bench = new Bench("09:00", publish(refusals("09:00", 5), "09:12"));
    bench.log.aheadMs = -8 * hour;
    await bench.run("17:00");
    expect(bench.watermark()).toBe(time("08:58"));
    bench.log.aheadMs = 0;
    await bench.run("09:30");
    expect(bench.sink.titles()).toEqual(["alice 1"]);
  });

  it("of the machine, behind the service, are the bound themselves", async () => {
    const bench = new Bench("09:00", five());
    bench.log.aheadMs = 8 * minute;
    await bench.run("09:00");
    expect(bench.watermark()).toBe(time("08:58"));
  });

  it("cost an idle run no more than its progress where the service is behind", async () => {
    const bench = new Bench("09:00", []);
    await bench.run("09:00");
    bench.log.aheadMs = -minute;
    const calls: string[] = [];
    const store = around(bench.store, ({ method, make }) => {
      calls.push(method);
      return make();
    });
    await bench.run("09:05", { store });
    expect(calls).toEqual(["open", "saveProgress"]);
  });
});

describe("a long outage", () => {
  it("is caught up in steps, oldest first, each recorded", async () => {
    const bench = new Bench("09:00", []);
    await bench.run("09:00");
    const back = time("09:00") + 2 * day;
    bench.log.add(publish(refusals("10:00", 5)));
    bench.log.add(publish(refusals(back - 3 * hour, 5, bob)));
    const saved: unknown[] = [];
    const store = around(bench.store, async ({ method, make }) => {
      const answer = await make();
      if (method === "saveProgress") {
        saved.push(bench.watermark());
      }
      return answer;
    });
    const summary = await bench.run(back, { store });
    expect(summary.steps).toBe(8);
    expect(saved).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => time("08:58") + Math.min(n * 6 * hour, 2 * day)),
    );
    expect(bench.sink.titles()).toEqual(["alice 1", "bob 1"]);
  });

  it("takes several runs where one has not the time, and says that it is behind", async () => {
    const bench = new Bench("09:00", []);
    await bench.run("09:00");
    const back = time("09:00") + 5 * day;
    bench.log.before = () => {
      bench.now += 70_000;
    };
    const first = await bench.run(back);
    expect(first.behind).toBe(true);
    expect(bench.now - back).toBeLessThan(6 * minute);
    let last = first;
    let runs = 1;
    for (; last.behind; runs++) {
      last = await bench.run(back + runs * 5 * minute);
    }
    // 20 steps of six hours, four of which fit into the time of a run.
    expect(runs).toBe(6);
    expect(last.publishedTo).toBe(back + (runs - 1) * 5 * minute - 2 * minute);
  });

  it("begins no step once four minutes are over", async () => {
    for (const [stepMs, steps] of [
      [2 * minute, 3],
      [2 * minute + 1, 2],
    ] as const) {
      const bench = new Bench("09:00", []);
      await bench.run("09:00");
      bench.log.before = () => {
        bench.now += stepMs;
      };
      expect((await bench.run(time("09:00") + 5 * day)).steps).toBe(steps);
    }
  });

  it("ends at once when it is cancelled, with what was done recorded", async () => {
    const bench = new Bench("09:00", []);
    await bench.run("09:00");
    const stop = new AbortController();
    bench.log.before = ({ range }) => {
      if (range.from > time("09:00") + day) {
        stop.abort(new Error("host is stopping"));
      }
    };
    bench.now = time("09:00") + 2 * day;
    await expect(runDetection(bench.detector(), stop.signal)).rejects.toThrow("host is stopping");
    expect(bench.watermark()).toBeGreaterThan(time("09:00") + day);
    expect(bench.watermark()).toBeLessThan(bench.now - 6 * hour);
  });
});

describe("the summary", () => {
  it("accounts for every row that was read", async () => {
    const rows = [...refusals("09:00", 5), ...refusals("09:00", 2, bob)];
    const nobody = { name: "", id: "" };
    const bench = new Bench("09:30", publish([...rows, ...refusals("09:01", 1, nobody)]));
    const { counts, denials, reasons } = await bench.run("09:30");
    expect(counts).toMatchObject({ rows: 8, classified: 7, badRecords: 0 });
    expect(counts.setAside.unattributable).toBe(1);
    expect(denials).toBe(7);
    expect(reasons).toEqual({ "first-seen": 1 });
  });

  it("of an idle run counts nothing", async () => {
    const bench = new Bench("09:00", five());
    await bench.run("09:30");
    const summary = await bench.run("09:35");
    expect(summary).toMatchObject({ opened: 0, updated: 0, due: 0, sent: 0, pending: 0 });
    expect(summary.counts.rows).toBe(0);
    expect(bench.sink.titles()).toEqual(["alice 1"]);
  });

  it("names no user and no text of the log", async () => {
    const bench = new Bench("09:30", five());
    bench.sink.before = () => {
      throw new Error("Sentinel is away");
    };
    const summary = await bench.run("09:30");
    const said = JSON.stringify([summary, bench.lines]);
    expect(bench.lines).toHaveLength(1);
    for (const secret of [alice.name, "alice", alice.id, "203.0.113.10", "declined"]) {
      expect(said).not.toContain(secret);
    }
  });
});

describe("a dry run", () => {
  it("decides the same, records it, and sends nothing", async () => {
    const bench = new Bench("09:30", five());
    const summary = await bench.run("09:30", { sinks: [] });
    expect(summary).toMatchObject({ opened: 1, due: 0, sent: 0, pending: 0 });
    expect(bench.records()).toHaveLength(1);
    expect(bench.sink.delivered).toEqual([]);
  });
});
