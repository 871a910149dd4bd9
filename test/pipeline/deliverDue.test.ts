import { describe, expect, it } from "vitest";
import { bob, denialRow, time } from "../builders.ts";
import { around } from "./around.ts";
import { Bench, explicitDeny, minute, personNamed, refusals, userOf } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => `user${10 + i}`);

/** Five refusals of each at nine. */
const bursts = (...users: readonly string[]) =>
  publish(users.flatMap((name) => refusals("09:00", 5, personNamed(name))));

const waiting = (bench: Bench) =>
  bench
    .due()
    .flatMap(({ incident }) => (incident === null ? [] : [userOf(incident.text.title)]))
    .toSorted();

describe("the cap", () => {
  it("lets a run send so many, keeps the rest, and the next runs send it", async () => {
    const bench = new Bench("09:30", bursts(...names(7)), { maxIncidentsPerRun: 3 });
    const first = await bench.run("09:30");
    expect(first).toMatchObject({ opened: 7, due: 7, sent: 3, pending: 4 });
    expect(waiting(bench)).toHaveLength(4);
    expect(await bench.run("09:35")).toMatchObject({ opened: 0, sent: 3, pending: 1 });
    expect(await bench.run("09:40")).toMatchObject({ sent: 1, pending: 0 });
    expect(bench.sink.titles().toSorted()).toEqual(names(7).map((name) => `${name} 1`));
  });

  it("is for what is oldest first, before what is new", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert", "cleo"), { maxIncidentsPerRun: 1 });
    await bench.run("09:30");
    const [sent] = bench.sink.titles();
    bench.log.add(publish(refusals("09:31", 5, personNamed("new"))));
    const order = [];
    for (const at of ["09:45", "09:50", "09:55", "10:00"]) {
      await bench.run(at);
      order.push(bench.sink.titles().at(-1));
    }
    expect(order.at(-2)).toBe("new 1");
    expect(new Set([sent, ...order.slice(0, 2)])).toEqual(new Set(["anna 1", "bert 1", "cleo 1"]));
    expect(bench.sink.delivered).toHaveLength(4);
  });

  it("is not eaten by one that fails, which is put off further each time", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert", "cleo", "dora"), {
      maxIncidentsPerRun: 2,
    });
    bench.sink.before = (id) => {
      const name = bench.due().find(({ burstId }) => burstId === id)?.subject.user;
      if (name === "anna@contoso.com") throw new Error("400 bad request");
    };
    await bench.run("09:30");
    const tried: string[] = [];
    for (let at = time("09:31"); at < time("12:00"); at += minute) {
      const { failed } = await bench.run(at);
      if (failed > 0) tried.push(new Date(at).toISOString().slice(11, 16));
    }
    // 5, 10, 20, 40 and then 60 minutes after another.
    expect(tried).toEqual(["09:35", "09:45", "10:05", "10:45", "11:45"]);
    expect(bench.sink.titles().toSorted()).toEqual(["bert 1", "cleo 1", "dora 1"]);
    expect(waiting(bench)).toEqual(["anna"]);
  });

  it("is left whole for the others by one that fails", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert"), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    const [first] = bench.due();
    bench.sink.before = (id) => {
      if (id === first?.burstId) throw new Error("400 bad request");
    };
    const summary = await bench.run("09:40", { maxIncidentsPerRun: 1 });
    expect(summary).toMatchObject({ failed: 1, sent: 1 });
    expect(waiting(bench)).toEqual([userOf(first?.incident?.text.title ?? "")]);
  });

  it("is a live run's first: what a backfill found comes behind", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert"), { maxIncidentsPerRun: 1 });
    bench.now = time("09:30");
    await bench.run("09:30", { maxIncidentsPerRun: 0, rules: [] });
    await bench.backfill({ from: "08:00", to: "09:20" }, { maxIncidentsPerRun: 0 });
    expect(waiting(bench)).toEqual(["anna", "bert"]);
    bench.log.add(publish(refusals("09:31", 5, personNamed("live"))));
    // The live one is recorded in a run that may send nothing, so it is due later than the other two.
    await bench.run("09:40", { maxIncidentsPerRun: 0 });
    await bench.run("09:45");
    expect(bench.sink.titles()).toEqual(["live 1"]);
    await bench.run("09:50");
    await bench.run("09:55");
    expect(bench.sink.titles().slice(1).toSorted()).toEqual(["anna 1", "bert 1"]);
  });

  it("of a backfill is its own", async () => {
    const bench = new Bench("09:30", bursts(...names(5)), { maxIncidentsPerRun: 2 });
    const part = await bench.backfill({ from: "08:00", to: "09:20" });
    expect(part.counts).toMatchObject({ opened: 5 });
    expect(bench.sink.delivered).toHaveLength(2);
    expect(waiting(bench)).toHaveLength(3);
  });
});

describe("a claim", () => {
  /** As if another run was sending: claimed at 09:30 for five minutes, and never settled. */
  async function claimed() {
    const bench = new Bench("09:30", bursts("anna"));
    const store = around(bench.store, ({ args, make }) => {
      const [change] = args as [{ drop?: unknown; head?: { deliveries: object } } | undefined];
      const settles = JSON.stringify(change?.head?.deliveries ?? {}).includes('"claim":null');
      return settles ? Promise.reject(new Error("killed")) : make();
    });
    await expect(bench.run("09:30", { store })).rejects.toThrow("killed");
    expect(bench.sink.titles()).toEqual(["anna 1"]);
    return bench;
  }

  it("of another run that has not ended is respected", async () => {
    const bench = await claimed();
    expect(await bench.run("09:34:59")).toMatchObject({ sent: 0, pending: 1 });
    expect(bench.sink.titles()).toEqual(["anna 1"]);
  });

  it("that has ended is taken over, and a sink that is asked again has it once", async () => {
    const bench = await claimed();
    expect(await bench.run("09:35")).toMatchObject({ sent: 1, pending: 0 });
    expect(bench.sink.titles()).toEqual(["anna 1", "anna 1"]);
    expect(waiting(bench)).toEqual([]);
    expect(new Set(bench.sink.delivered.map(({ id }) => id)).size).toBe(1);
  });

  it("keeps growth that is found meanwhile for a later run, which sends the newest", async () => {
    const bench = await claimed();
    bench.log.add(publish([denialRow("09:10", { user: personNamed("anna") })], "09:31"));
    expect(await bench.run("09:34")).toMatchObject({
      updated: 1,
      sent: 0,
      pending: expect.any(Number),
    });
    await bench.run("09:40");
    expect(bench.sink.titles()).toEqual(["anna 1", "anna 2"]);
    expect(waiting(bench)).toEqual([]);
  });

  it("that would end before an incident is written is renewed first", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert", "cleo"));
    const claims: number[] = [];
    bench.sink.before = () => {
      bench.now += 50_000;
      for (const { deliveries } of bench.store.snapshot().heads) {
        for (const { claim } of Object.values(deliveries)) {
          if (claim !== null) claims.push(claim.until - bench.now);
        }
      }
    };
    await bench.run("09:30");
    expect(bench.sink.delivered).toHaveLength(3);
    expect(Math.min(...claims)).toBeGreaterThan(0);
  });
});

describe("what was due when a run began", () => {
  it("keeps its place in the line and its failures when it grows meanwhile", async () => {
    const bench = new Bench("09:30", bursts("anna"));
    bench.sink.before = () => {
      throw new Error("down");
    };
    await bench.run("09:30");
    const [failed] = bench.due();
    expect(failed).toMatchObject({ attempts: 1, dueAt: time("09:35") });
    bench.sink.before = () => {};
    bench.log.add(publish([denialRow("09:10", { user: personNamed("anna") })], "09:31"));
    expect(await bench.run("09:34")).toMatchObject({ updated: 1, sent: 0 });
    expect(bench.due()).toMatchObject([
      { attempts: 1, dueAt: failed?.dueAt, incident: { revision: 2 } },
    ]);
    expect(await bench.run("09:36")).toMatchObject({ sent: 1, pending: 0 });
  });

  it("is not sent in its old form when another run has recorded more meanwhile", async () => {
    const bench = new Bench("09:30", bursts("anna"), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    bench.log.add(publish([denialRow("09:10", { user: personNamed("anna") })], "09:31"));
    let opened = 0;
    const store = around(bench.store, async ({ method, make }) => {
      const answer = await make();
      if (method === "open" && opened++ === 0) {
        await bench.backfill({ from: "08:00", to: "09:20" });
      }
      return answer;
    });
    await bench.run("09:35", { store, maxIncidentsPerRun: 50, rules: [] });
    expect(bench.due()).toMatchObject([{ incident: { revision: 2 } }]);
    await bench.run("09:40", { maxIncidentsPerRun: 50 });
    expect(bench.sink.titles()).toEqual(["anna 2"]);
  });

  it("is not created when another run has merged it meanwhile", async () => {
    const bench = new Bench(
      "10:00",
      publish([...refusals("09:00", 5), ...refusals("09:19:30", 5)]),
      {
        maxIncidentsPerRun: 0,
      },
    );
    await bench.run("10:00");
    expect(waiting(bench)).toHaveLength(2);
    bench.log.add(publish([denialRow("09:12")], "10:01"));
    let opened = 0;
    const store = around(bench.store, async ({ method, make }) => {
      const answer = await make();
      if (method === "open" && opened++ === 0) {
        await bench.backfill({ from: "08:00", to: "09:30" });
      }
      return answer;
    });
    const sinks = [bench.serviceSink()];
    await bench.run("10:05", { store, sinks, maxIncidentsPerRun: 50, rules: [] });
    expect([...bench.service.incidents.keys()]).toEqual([]);
    await bench.run("10:10", { sinks, maxIncidentsPerRun: 50 });
    const [keeper] = bench.records();
    expect([...bench.service.incidents.keys()]).toEqual([keeper?.id]);
    expect(waiting(bench)).toEqual([]);
  });
});

describe("a merged incident", () => {
  it("gets its note when it was sent before, and keeps it at one", async () => {
    const rows = publish([...refusals("09:00", 5), ...refusals("09:19:30", 5)]);
    const bench = new Bench("10:00", rows);
    const sinks = [bench.serviceSink()];
    await bench.run("10:00", { sinks });
    bench.log.add(publish([denialRow("09:12")], "10:01"));
    const { reasons } = await bench.run("10:05", { sinks });
    expect(reasons).toEqual({ merged: 2 });
    const [keeper, other] = bench.records();
    expect(other).toMatchObject({ mergedInto: keeper?.id });
    expect(bench.service.comments(other?.id)).toHaveLength(1);
    expect(bench.service.comments(other?.id)[0]).toContain(keeper?.id);
    await bench.run("10:10", { sinks });
    await bench.maintain("10:15", { sinks });
    expect(bench.service.comments(other?.id)).toHaveLength(1);
    expect(keeper?.facts.denials).toBe(11);
  });
});

describe("several sinks", () => {
  it("do not block one another: only the one that failed is asked again", async () => {
    const bench = new Bench("09:30", bursts("anna"));
    const other = { name: "other", delivered: 0 };
    let isAway = true;
    const sinks = [
      {
        name: other.name,
        async deliver() {
          if (isAway) throw new Error("away");
          other.delivered++;
        },
        async noteMerge() {},
      },
      bench.sink,
    ];
    await bench.run("09:30", { sinks });
    expect(bench.sink.titles()).toEqual(["anna 1"]);
    isAway = false;
    await bench.run("09:40", { sinks });
    expect(other.delivered).toBe(1);
    expect(bench.sink.titles()).toEqual(["anna 1"]);
    expect(waiting(bench)).toEqual([]);
  });
});

describe("what is due", () => {
  it("for a burst that is not recorded any more is dropped", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5, bob)), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    await bench.store.prune(Infinity);
    await bench.run("09:40", { maxIncidentsPerRun: 5, rules: [explicitDeny] });
    expect(bench.due()).toEqual([]);
    expect(bench.sink.delivered).toEqual([]);
  });
});
